import type { Handoff } from '../backend/handoff.ts'
import { type Invoke, InvokeFailed } from './invoke.ts'

export type HandedOff = { outcome: 'invoked' } | { outcome: 'refused'; reason: string; status: number }

/** Gives a handoff to Lambda. What Lambda does not take is refused, and so sent again by Slack. */
export async function handOff(handoff: Handoff, invoke: Invoke): Promise<HandedOff> {
  try {
    await invoke(handoff)
    return { outcome: 'invoked' }
  } catch (error) {
    if (error instanceof InvokeFailed) return { outcome: 'refused', reason: 'invoke_failed', status: error.status }
    throw error
  }
}
