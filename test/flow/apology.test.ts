import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  ANSWER,
  CRASHING,
  logged,
  openStage,
  post,
  press,
  rateLimited,
  slackError,
  startPost,
  textOf,
} from './flow-stage.ts'
import { ASKED, CHANNEL, expectOneApology, killAt, SORRY } from './killing.ts'
import { saying, speaking } from './models.ts'

const stage = openStage()

// Starts the first process, so that no test kills one that is still starting.
beforeAll(async () => void (await post(stage, ASKED)))

beforeEach(() => {
  stage.model = speaking(600, 100)
})

describe('an apology is posted as a separate message', () => {
  test.each(['msg_too_long', 'user_not_found'])(
    'if Slack refuses it in the stream with %s',
    async (error) => {
      let appends = 0
      stage.faults = ({ method, args }) =>
        method === 'chat.stopStream' && args.chunks !== undefined ? slackError(error) : undefined
      const { texts, replies, killed, threadTs } = await killAt(
        stage,
        ({ method }) => method === 'chat.appendStream' && ++appends === 3,
      )
      expect(texts).toHaveLength(2)
      expect(texts[0]).toMatch(/^word1 /)
      expect(texts[0]).not.toContain(SORRY)
      expectOneApology(stage, texts[1] ?? '', killed)
      expect(replies[0]?.streaming).toBe('completed')
      expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
    },
  )
})

test('an apology leaves the session active, even if Slack asks to wait longer than an invocation lasts', async () => {
  let waits = 1
  stage.faults = ({ method, args }) => {
    if (method === 'chat.startStream') return slackError('channel_type_not_supported')
    return method === 'agents.sessions.setStatus' && args.status === 'active' && waits-- > 0
      ? rateLimited(60)
      : undefined
  }
  const { texts, killed, threadTs } = await killAt(stage, ({ method }) => method === 'chat.update')
  expect(waits).toBeLessThan(0)
  expectOneApology(stage, texts[1] ?? '', killed)
  expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
})

describe('an apology for a thread that was deleted', () => {
  test('is not written and not retried', async () => {
    let root = ''
    const { killed } = await killAt(
      stage,
      ({ method, args }) => {
        root = String(args.thread_ts)
        return method === 'chat.startStream'
      },
      () => stage.stack.slack.delete({ channel: CHANNEL, ts: root }),
    )
    const invocations = stage.stack.lambda.invocations.filter(
      ({ functionName, logs }) =>
        functionName === 'vera-apologize' && logs.join().includes(killed.slice(0, 8)),
    )
    expect(invocations).toHaveLength(1)
    expect(logged(stage, 'apology').at(-1)?.outcome).toBe('nothing_to_say')
    expect(stage.stack.lambda.deadLetters).toEqual([])
  })
})

test('an apology is written even if its thread cannot be read in several attempts', async () => {
  let appends = 0
  stage.faults = ({ method }) =>
    method === 'conversations.replies' && appends > 0 ? slackError('fatal_error') : undefined
  const { texts, killed } = await killAt(
    stage,
    ({ method }) => method === 'chat.appendStream' && ++appends === 3,
  )
  expect(texts).toHaveLength(1)
  expectOneApology(stage, texts[0] ?? '', killed)
  expect(stage.stack.lambda.deadLetters).toEqual([])
})

test('an answer ends without an apology if its question is deleted at once', async () => {
  const asked = startPost(stage, ASKED)
  stage.stack.slack.delete({ channel: CHANNEL, ts: asked.ts })
  const before = stage.stack.lambda.invocations.length
  await stage.stack.settled()
  expect(asked.view().replies).toEqual([])
  expect(stage.stack.lambda.invocations.slice(before).map(({ outcome }) => outcome)).toEqual(['succeeded'])
  expect(logged(stage, 'turn').at(-1)?.outcome).toBe('unreachable')
})

test('an apology appears once if Slack first refuses it and then loses its answer', async () => {
  let appends = 0
  let stops = 0
  stage.faults = ({ method }) =>
    method === 'chat.stopStream' ? { kind: 'answer', status: 500, carriedOut: ++stops > 1 } : undefined
  const { texts, killed } = await killAt(
    stage,
    ({ method }) => method === 'chat.appendStream' && ++appends === 2,
  )
  expect(stops).toBe(2)
  expect(texts).toHaveLength(1)
  expectOneApology(stage, texts[0] ?? '', killed)
  expect(stage.stack.lambda.deadLetters).toEqual([])
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
