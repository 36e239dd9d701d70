import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { THREAD_READS } from '../../backend/turn/apologize.ts'
import {
  CRASHING,
  lastOutcome,
  logged,
  openStage,
  post,
  rateLimited,
  slackError,
  startPost,
} from './flow-stage.ts'
import { ASKED, CHANNEL, expectOneApology, killAt, SORRY } from './killing.ts'
import { speaking } from './models.ts'

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

test('an apology is written without reading its thread if the thread cannot be read in several deliveries', async () => {
  const before = logged(stage, 'apology').length
  let appends = 0
  stage.faults = ({ to, method }) => {
    if (appends < 3) return undefined
    // Each read of the thread is repeated for seconds, so the first deliveries fail sooner.
    if (to === 'dynamo' && logged(stage, 'apology').length - before < THREAD_READS - 1) return CRASHING
    return method === 'conversations.replies' ? slackError('fatal_error') : undefined
  }
  const { texts, killed } = await killAt(
    stage,
    ({ method }) => method === 'chat.appendStream' && ++appends === 3,
  )
  expect(texts).toHaveLength(1)
  expectOneApology(stage, texts[0] ?? '', killed)
  const outcomes = logged(stage, 'apology').slice(before)
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([...Array(THREAD_READS).fill('failed'), 'told'])
  expect(stage.stack.lambda.deadLetters).toEqual([])
})

test('an answer ends without an apology if its question is deleted at once', async () => {
  const asked = startPost(stage, ASKED)
  stage.stack.slack.delete({ channel: CHANNEL, ts: asked.ts })
  const before = stage.stack.lambda.invocations.length
  await stage.stack.settled()
  expect(asked.view().replies).toEqual([])
  expect(stage.stack.lambda.invocations.slice(before).map(({ outcome }) => outcome)).toEqual(['succeeded'])
  expect(lastOutcome(stage)).toBe('unreachable')
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
