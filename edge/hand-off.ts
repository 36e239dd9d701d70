import type { Handoff } from '../backend/handoff.ts'
import { type Invoke, InvokeFailed } from './invoke.ts'
import { within } from './timeout.ts'

/** With the invoke's 1.2 s, this leaves one of Slack's three seconds for the network. */
export const QUEUE_TIMEOUT_MS = 800

/** `status` is Lambda's, or 0 if Lambda did not answer. */
export type HandOffResult =
  | { outcome: 'invoked' }
  | { outcome: 'queued'; reason: 'invoke_failed'; status: number }
  | { outcome: 'refused'; reason: 'queue_failed'; status: number }

/**
 * Gives a handoff to Lambda, or to the queue if Lambda fails. Never throws. Lambda may have accepted an
 * invoke that timed out. It then gets the handoff twice, and the claim lets one through.
 */
export async function handOff(
  handoff: Handoff,
  { invoke, queue }: { invoke: Invoke; queue: Queue },
): Promise<HandOffResult> {
  try {
    await invoke(handoff)
    return { outcome: 'invoked' }
  } catch (error) {
    // We queue after a 4xx too: somebody may repair a wrong key or alias within the hour.
    const status = error instanceof InvokeFailed ? error.status : 0
    try {
      await within(QUEUE_TIMEOUT_MS, queue.send(handoff, { contentType: 'json' }))
      return { outcome: 'queued', reason: 'invoke_failed', status }
    } catch {
      return { outcome: 'refused', reason: 'queue_failed', status }
    }
  }
}
