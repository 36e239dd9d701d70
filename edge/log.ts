import type { Handoff } from '../backend/handoff.ts'

/** One structured line. It never holds text that people wrote, a body or a signature. */
export interface LogLine {
  outcome: string
  /** Why it came to that, from a closed list. */
  reason?: string
  kind?: Handoff['kind']
  id?: string
  eventId?: string
  [field: string]: unknown
}

const LEVEL: Record<string, 'warn' | 'error'> = {
  app_rate_limited: 'warn',
  queued: 'warn',
  waiting: 'warn',
  refused: 'error',
  misconfigured: 'error',
  error: 'error',
  dead_lettered: 'error',
}

export function writeLog(event: 'request' | 'redelivery' | 'response_url', line: LogLine): void {
  const level = LEVEL[line.reason ?? ''] ?? LEVEL[line.outcome] ?? 'log'
  console[level](JSON.stringify({ event, ...line }))
}

/** What of a handoff is logged. */
export function idsOf(handoff: Handoff): Pick<LogLine, 'kind' | 'id' | 'eventId'> {
  return {
    kind: handoff.kind,
    ...('id' in handoff && { id: loggableId(handoff.id) }),
    ...('turnId' in handoff && { id: loggableId(handoff.turnId) }),
    ...('eventId' in handoff && { eventId: loggableId(handoff.eventId) }),
  }
}

/** Ids have no spaces and are short. What stands in an id's place and looks otherwise is not ours to print. */
export function loggableId(id: string): string {
  return /^[\w.:-]{1,160}$/.test(id) ? id : 'odd'
}
