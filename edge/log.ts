import type { Handoff } from '../backend/handoff.ts'

/** One structured line. It never contains text that people wrote, a body or a signature. */
export interface LogLine {
  outcome: string
  /** The reason for the outcome, from a closed list. */
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

/** The parts of a handoff that we log. */
export function idsOf(handoff: Handoff): Pick<LogLine, 'kind' | 'id' | 'eventId'> {
  return {
    kind: handoff.kind,
    ...('id' in handoff && { id: loggableId(handoff.id) }),
    ...('turnId' in handoff && { id: loggableId(handoff.turnId) }),
    ...('eventId' in handoff && { eventId: loggableId(handoff.eventId) }),
  }
}

/** Returns `odd` for a value that does not look like an id: it could be text that somebody wrote. */
export function loggableId(id: string): string {
  return /^[\w.:-]{1,160}$/.test(id) ? id : 'odd'
}
