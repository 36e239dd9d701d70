import type { Handoff } from '../backend/handoff.ts'
import { type Invoke, InvokeFailed } from './invoke.ts'
import { within } from './timeout.ts'

/** Beside the invoke's 1.2 s it leaves a second of Slack's three for the way. */
export const QUEUE_TIMEOUT_MS = 800

/** `status` is Lambda's, 0 where it did not answer. */
export type HandOffResult =
  | { outcome: 'invoked' }
  | { outcome: 'queued'; reason: 'invoke_failed'; status: number }
  | { outcome: 'refused'; reason: 'queue_failed'; status: number }

/**
 * Gives a handoff to Lambda, else to the queue, else to nobody. Never throws. What timed out may have been taken: then
 * Lambda has it twice, and the claim lets one through.
 */
export async function handOff(
  handoff: Handoff,
  { invoke, queue }: { invoke: Invoke; queue: Queue },
): Promise<HandOffResult> {
  try {
    await invoke(handoff)
    return { outcome: 'invoked' }
  } catch (error) {
    // A 4xx too: a key or an alias that is wrong now can be right in an hour.
    const status = error instanceof InvokeFailed ? error.status : 0
    try {
      await within(QUEUE_TIMEOUT_MS, queue.send(handoff, { contentType: 'json' }))
      return { outcome: 'queued', reason: 'invoke_failed', status }
    } catch {
      return { outcome: 'refused', reason: 'queue_failed', status }
    }
  }
}
