import { expect } from 'vitest'
import type { Call } from '../../playground/calls.ts'
import { invocationFor, logged, REFERENCE, type Stage, startPost, textOf } from './flow-stage.ts'

/** Slack sends a direct message as one event, so exactly one process answers. */
export const CHANNEL = 'D00ADA'
export const ASKED = { channel: CHANNEL, text: 'where does the VPN guide live?' }
export const SORRY = 'Something went wrong on my side while I was working on this'

/** Asks, kills the answering process at the first call that fits, cuts that call, and waits. */
export async function killAt(
  stage: Stage,
  fits: (call: Readonly<Call>) => boolean,
  also: () => void = () => undefined,
) {
  const asked = startPost(stage, ASKED)
  let killed = ''
  const faults = stage.faults
  stage.faults = (call) => {
    if (killed !== '' || !fits(call)) return faults(call)
    const { requestId } = invocationFor(stage, asked.ts)
    killed = requestId
    stage.stack.lambda.kill(requestId)
    also()
    return { kind: 'cut' }
  }
  await stage.stack.settled()
  const { replies } = asked.view()
  expect(killed).not.toBe('')
  return { replies, texts: replies.map(textOf), killed, threadTs: asked.threadTs }
}

/** Expects one apology in the text, and a log line that its reference finds. */
export function expectOneApology(stage: Stage, text: string, requestId: string): void {
  expect(text.split(SORRY)).toHaveLength(2)
  const [, reference] = REFERENCE.exec(text) ?? []
  expect(reference).toBe(requestId.slice(0, 8))
  const lines = logged(stage, 'apology').filter((line) => line.reference === reference)
  expect(lines.at(-1)).toMatchObject({ outcome: 'told', condition: 'RetriesExhausted' })
}
