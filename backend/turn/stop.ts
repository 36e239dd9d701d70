import type { Stop } from '../handoff.ts'

/** What stopping needs; wire.ts knows who provides it. */
export interface StopDeps {
  stops: { mark(thread: { channel: string; threadTs: string }, eventTs: string): Promise<void> }
  clock: { now(): number }
}

/** Nobody waits for an answer this long and still wants it to end; a queue has held the event. */
export const STALE_STOP_MS = 10 * 60_000

/** Leaves a mark that the process which answers in the thread reads. Throws what DynamoDB says. */
export async function stop({ channel, threadTs, eventTs }: Stop, d: StopDeps): Promise<'marked' | 'stale'> {
  if (d.clock.now() - Number(eventTs) * 1000 > STALE_STOP_MS) return 'stale'
  await d.stops.mark({ channel, threadTs }, eventTs)
  return 'marked'
}
