import type { Stop } from '../handoff.ts'

/** Dependencies of `stop`; wire.ts provides them. */
export interface StopDeps {
  stops: Stops
  clock: { now(): number }
}

export interface Stops {
  /** Notes that Stop was pressed in a thread. `eventTs` is Slack's; the latest one counts. */
  mark(thread: { channel: string; threadTs: string }, eventTs: string): Promise<void>
}

/** A queue has held the event so long that the person no longer waits for the answer to end. */
export const STALE_STOP_MS = 10 * 60_000

/** Leaves a mark that the process answering in the thread reads. Throws what DynamoDB throws. */
export async function stop({ channel, threadTs, eventTs }: Stop, d: StopDeps): Promise<'marked' | 'stale'> {
  if (d.clock.now() - Number(eventTs) * 1000 > STALE_STOP_MS) return 'stale'
  await d.stops.mark({ channel, threadTs }, eventTs)
  return 'marked'
}
