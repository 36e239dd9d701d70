import { describe, expect, test } from 'vitest'
import {
  isAnswering,
  logged,
  openStage,
  post,
  press,
  REFERENCE,
  startPost,
  textOf,
  untilCall,
} from './flow-stage.ts'
import { saying, silent, speakingUntil } from './models.ts'

/** Slack sends a direct message as one event, so there is one invocation per question. */
const ASKED = { channel: 'D00ADA', text: 'where does the VPN guide live?' }
const SORRY = 'Something went wrong on my side'

describe('a turn whose function times out with its message open', () => {
  const stage = openStage({ lambdaTimeoutSeconds: 15 })

  test('gets an apology in that message', async () => {
    // The reserve begins after five seconds. Then the reply is closed, and Slack does not answer in time.
    stage.model = silent(60_000)
    stage.faults = ({ method }) =>
      (method === 'chat.appendStream' || method === 'chat.stopStream') && isAnswering(stage)
        ? { kind: 'late', ms: 30_000 }
        : undefined
    const { text, replies } = await post(stage, ASKED)
    expect(stage.stack.lambda.invocations.map(({ outcome }) => outcome)).toContain('timed out')
    expect(text.split(SORRY)).toHaveLength(2)
    expect(text).toMatch(REFERENCE)
    expect(replies[0]?.streaming).toBe('completed')
  })
})

describe('a turn that Lambda drops because no environment was free in time', () => {
  const stage = openStage({ concurrency: 1, maximumEventAgeSeconds: 1 })

  test('gets an apology, and can be retried', async () => {
    const apologized = untilCall(stage, ({ method }) => method === 'chat.postMessage')
    stage.model = speakingUntil(apologized, 100)
    const streams = untilCall(stage, ({ method }) => method === 'chat.appendStream')
    const first = startPost(stage, ASKED)
    await streams
    const second = await post(stage, ASKED)
    expect(first.view().text).toMatch(/^word1 .* end$/)
    expect(second.text).toContain(SORRY)
    expect(logged(stage, 'apology')).toMatchObject([
      { outcome: 'told', condition: 'EventAgeExceeded', reference: REFERENCE.exec(second.text)?.[1] },
    ])

    stage.model = saying('The whole answer.')
    await press(stage, second, { actionId: 'retry' })
    await stage.stack.settled()
    expect(stage.stack.slack.thread(ASKED.channel, second.threadTs).map(textOf).at(-1)).toBe(
      'The whole answer.',
    )
  })
})
