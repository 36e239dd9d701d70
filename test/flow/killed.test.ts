import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  invocationFor,
  logged,
  openStage,
  post,
  slackError,
  startPost,
  stored,
  untilCall,
} from './flow-stage.ts'
import { ASKED, CHANNEL, expectOneApology, killAt, SORRY } from './killing.ts'
import { silent, speaking } from './models.ts'

const stage = openStage()

// Starts the first process, so that no test kills one that is still starting.
beforeAll(async () => void (await post(stage, ASKED)))

beforeEach(() => {
  stage.model = speaking(600, 100)
})

describe('a killed process leaves one apology', () => {
  test('if it had not written to Slack', async () => {
    const { texts, killed, threadTs } = await killAt(stage, ({ method }) => method === 'chat.startStream')
    expect(texts).toHaveLength(1)
    expectOneApology(stage, texts[0] ?? '', killed)
    expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
  })

  test('in its stream, if it was streaming', async () => {
    let appends = 0
    const { texts, replies, killed, threadTs } = await killAt(
      stage,
      ({ method }) => method === 'chat.appendStream' && ++appends === 3,
    )
    expect(texts).toHaveLength(1)
    expect(texts[0]).toMatch(/^word1 /)
    expectOneApology(stage, texts[0] ?? '', killed)
    expect(replies[0]?.streaming).toBe('completed')
    expect(JSON.stringify(replies[0]?.blocks)).toContain('Try again')
    expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
  })

  test('after the text so far, if its stream has expired', async () => {
    let appends = 0
    let streamTs = ''
    const { texts, killed } = await killAt(
      stage,
      ({ method, args }) => {
        if (method === 'chat.appendStream') streamTs = String(args.ts)
        return method === 'chat.appendStream' && ++appends === 3
      },
      () => stage.stack.slack.expireStream(CHANNEL, streamTs),
    )
    expect(texts).toHaveLength(2)
    expect(texts[0]).toMatch(/^word1 /)
    expect(texts[0]).not.toContain(SORRY)
    expectOneApology(stage, texts[1] ?? '', killed)
  })

  test('in its stream, even if the stream was not recorded', async () => {
    let alive = true
    stage.faults = (call) =>
      alive && JSON.stringify(call.args).match(/"pk":\{"S":"reply#|SET replyTs/) ? { kind: 'cut' } : undefined
    stage.model = silent(60_000)
    const { texts, killed } = await killAt(
      stage,
      ({ method }) => method === 'ConverseStream',
      () => {
        alive = false
      },
    )
    expect(texts).toHaveLength(1)
    expectOneApology(stage, texts[0] ?? '', killed)
  })

  test('after the text so far, if it was writing by updates', async () => {
    stage.faults = ({ method }) =>
      method === 'chat.startStream' ? slackError('channel_type_not_supported') : undefined
    const { texts, killed, threadTs } = await killAt(stage, ({ method }) => method === 'chat.update')
    expect(texts).toHaveLength(2)
    expect(texts[0]).toMatch(/^word1/)
    expectOneApology(stage, texts[1] ?? '', killed)
    expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
  })
})

test('a process that is killed after it closed its message leaves no apology', async () => {
  stage.model = speaking(3, 0)
  const { texts, threadTs } = await killAt(
    stage,
    ({ method, args }) => method === 'UpdateItem' && JSON.stringify(args).includes('"S":"answered"'),
  )
  expect(texts).toEqual(['word1 word2 word3'])
  expect(logged(stage, 'apology').at(-1)?.outcome).toBe('nothing_to_say')
  expect((await stored(stage, `turn#A00FAKE:T00FAKE:D00ADA:${threadTs}`))[0]?.turnState?.S).toBe('answered')
})

test('two turns run in two processes, and killing one does not disturb the other', async () => {
  const hangs = untilCall(stage, ({ method }) => method === 'chat.appendStream')
  const first = startPost(stage, ASKED)
  await hangs
  stage.model = speaking(30, 100)
  const other = untilCall(stage, ({ method }) => method === 'ConverseStream', 'begun')
  const second = startPost(stage, ASKED)
  await other
  const firsts = invocationFor(stage, first.ts)
  expect(firsts.pid).not.toBe(invocationFor(stage, second.ts).pid)
  stage.stack.lambda.kill(firsts.requestId)
  await stage.stack.settled()
  expect(firsts.outcome).toBe('killed')
  expect(second.view().text.trim()).toMatch(/word30$/)
  expectOneApology(stage, first.view().text, firsts.requestId)
})
