import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ANSWER, CRASHING, openStage, post, press, textOf } from './flow-stage.ts'
import { ASKED, CHANNEL, killAt, SORRY } from './killing.ts'
import { saying, speaking } from './models.ts'

const stage = openStage()

// Starts the first process, so that no test kills one that is still starting.
beforeAll(async () => void (await post(stage, ASKED)))

beforeEach(() => {
  stage.model = speaking(600, 100)
})

describe('"Try again" under an apology', () => {
  const at = (threadTs: string) => ({ channel: CHANNEL, threadTs })
  const texts = (threadTs: string) => stage.stack.slack.thread(CHANNEL, threadTs).slice(1).map(textOf)

  /** A question whose process is killed, and which has got an apology. */
  async function apologizedFor(): Promise<string> {
    let appends = 0
    const { threadTs } = await killAt(
      stage,
      ({ method }) => method === 'chat.appendStream' && ++appends === 2,
    )
    stage.faults = () => undefined
    return threadTs
  }

  async function tryAgain(threadTs: string): Promise<void> {
    stage.model = saying(ANSWER)
    await press(stage, at(threadTs), { actionId: 'retry' })
    await stage.stack.settled()
  }

  test('answers the question', async () => {
    const threadTs = await apologizedFor()
    await tryAgain(threadTs)
    expect(texts(threadTs).at(-1)).toBe(ANSWER)
  })

  test('gets an apology of its own if its process is killed, and can be pressed again', async () => {
    const threadTs = await apologizedFor()
    let killed = false
    stage.faults = ({ method }) => {
      if (method !== 'chat.appendStream' || killed) return undefined
      killed = true
      for (const { requestId, outcome } of stage.stack.lambda.invocations)
        if (outcome === 'running') stage.stack.lambda.kill(requestId)
      return { kind: 'cut' }
    }
    await press(stage, at(threadTs), { actionId: 'retry' })
    await stage.stack.settled()
    expect(killed).toBe(true)
    expect(texts(threadTs)).toEqual([expect.stringContaining(SORRY), expect.stringContaining(SORRY)])
    await tryAgain(threadTs)
    expect(texts(threadTs).slice(2)).toEqual([ANSWER])
  })

  test('gets an apology if it cannot be claimed, and can be pressed again', async () => {
    const threadTs = await apologizedFor()
    stage.faults = ({ method, args }) =>
      method === 'UpdateItem' && JSON.stringify(args).includes('claimToken = :token,') ? CRASHING : undefined
    await press(stage, at(threadTs), { actionId: 'retry' })
    await stage.stack.settled()
    stage.faults = () => undefined
    expect(texts(threadTs)).toEqual([expect.stringContaining(SORRY), expect.stringContaining(SORRY)])
    await tryAgain(threadTs)
    expect(texts(threadTs).slice(2)).toEqual([ANSWER])
  })
})
