import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Call } from '../../playground/calls.ts'
import { saying, silent, speaking } from './models.ts'
import { ANSWER, begin, called, logged, openStage, post, press, REFERENCE, refused, running, stored, textOf } from './stage.ts'

const stage = openStage()
/** In a direct message, which comes as one event: so there is one process that answers. */
const CHANNEL = 'D00ADA'
const ASKED = { channel: CHANNEL, text: 'where does the VPN guide live?' }
const SORRY = 'Something went wrong on my side while I was working on this'

// The first invocation starts a process; its time should not be that of a test about another.
beforeAll(async () => void (await post(stage, ASKED)))

beforeEach(() => {
  stage.model = speaking(600, 100)
})

/** Asks, kills the process that answers when a call fits, which is then cut, and waits until everything has settled. */
async function killedAt(fits: (call: Readonly<Call>) => boolean, also: () => void = () => undefined) {
  const asked = begin(stage, ASKED)
  let killed = ''
  const faults = stage.faults
  stage.faults = (call) => {
    if (killed !== '' || !fits(call)) return faults(call)
    const { requestId } = running(stage, asked.ts)
    killed = requestId
    stage.stack.lambda.kill(requestId)
    also()
    return { kind: 'cut' }
  }
  await stage.stack.settled()
  const { replies } = asked.seen()
  expect(killed).not.toBe('')
  return { replies, texts: replies.map(textOf), killed, threadTs: asked.threadTs }
}

/** One reason, with a reference that finds the line of the one who apologized. */
function expectOneReason(text: string, requestId: string): void {
  expect(text.split(SORRY)).toHaveLength(2)
  const [, reference] = REFERENCE.exec(text) ?? []
  expect(reference).toBe(requestId.slice(0, 8))
  const lines = logged(stage, 'apology').filter((line) => line.reference === reference)
  expect(lines.at(-1)).toMatchObject({ outcome: 'told', condition: 'RetriesExhausted' })
}

describe('a process that is killed ends as one message with a reason', () => {
  test('before its first call to Slack', async () => {
    const { texts, killed, threadTs } = await killedAt(({ method }) => method === 'chat.startStream')
    expect(texts).toHaveLength(1)
    expectOneReason(texts[0] ?? '', killed)
    expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
  })

  test('in the middle of the stream, in the stream itself', async () => {
    let appends = 0
    const { texts, replies, killed, threadTs } = await killedAt(({ method }) => method === 'chat.appendStream' && ++appends === 3)
    expect(texts).toHaveLength(1)
    expect(texts[0]).toMatch(/^word1 /)
    expectOneReason(texts[0] ?? '', killed)
    expect(replies[0]?.streaming).toBe('completed')
    expect(JSON.stringify(replies[0]?.blocks)).toContain('Try again')
    expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
  })

  test('in the middle of a stream that has expired meanwhile: what was said, and a message with the reason', async () => {
    let appends = 0
    let streamTs = ''
    const { texts, killed } = await killedAt(
      ({ method, args }) => {
        if (method === 'chat.appendStream') streamTs = String(args.ts)
        return method === 'chat.appendStream' && ++appends === 3
      },
      () => stage.stack.slack.expireStream(CHANNEL, streamTs),
    )
    expect(texts).toHaveLength(2)
    expect(texts[0]).toMatch(/^word1 /)
    expect(texts[0]).not.toContain(SORRY)
    expectOneReason(texts[1] ?? '', killed)
  })

  test('between the start of its stream and the note of it', async () => {
    let alive = true
    stage.faults = (call) => (alive && JSON.stringify(call.args).match(/"pk":\{"S":"reply#|SET replyTs/) ? { kind: 'cut' } : undefined)
    stage.model = silent(60_000)
    const { texts, killed } = await killedAt(
      ({ method }) => method === 'ConverseStream',
      () => {
        alive = false
      },
    )
    expect(texts).toHaveLength(1)
    expectOneReason(texts[0] ?? '', killed)
  })

  test('while it wrote by updates: what was said, and a message with the reason', async () => {
    stage.faults = ({ method }) => (method === 'chat.startStream' ? refused('channel_type_not_supported') : undefined)
    const { texts, killed, threadTs } = await killedAt(({ method }) => method === 'chat.update')
    expect(texts).toHaveLength(2)
    expect(texts[0]).toMatch(/^word1/)
    expectOneReason(texts[1] ?? '', killed)
    expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
  })
})

describe('where its stream cannot take the reason, that is a message of its own', () => {
  test.each(['msg_too_long', 'user_not_found'])('since Slack says %s', async (error) => {
    let appends = 0
    stage.faults = ({ method, args }) => (method === 'chat.stopStream' && args.chunks !== undefined ? refused(error) : undefined)
    const { texts, replies, killed, threadTs } = await killedAt(({ method }) => method === 'chat.appendStream' && ++appends === 3)
    expect(texts).toHaveLength(2)
    expect(texts[0]).not.toContain(SORRY)
    expectOneReason(texts[1] ?? '', killed)
    expect(replies[0]?.streaming).toBe('completed')
    expect(stage.stack.slack.session(CHANNEL, threadTs)).toBe('active')
  })
})

describe('where the thread is gone meanwhile', () => {
  test('nothing is said, and nothing is tried again', async () => {
    let root = ''
    const { killed } = await killedAt(
      ({ method, args }) => {
        root = String(args.thread_ts)
        return method === 'chat.startStream'
      },
      () => stage.stack.slack.delete({ channel: CHANNEL, ts: root }),
    )
    const invocations = stage.stack.lambda.invocations.filter(
      ({ functionName, logs }) => functionName === 'vera-apologize' && logs.join().includes(killed.slice(0, 8)),
    )
    expect(invocations).toHaveLength(1)
    expect(logged(stage, 'apology').at(-1)?.outcome).toBe('nothing_to_say')
    expect(stage.stack.lambda.deadLetters).toEqual([])
  })
})

test('where its thread cannot be read, the reason is given after some looks all the same', { timeout: 60_000 }, async () => {
  let appends = 0
  stage.faults = ({ method }) => (method === 'conversations.replies' && appends > 0 ? refused('fatal_error') : undefined)
  const { texts, killed } = await killedAt(({ method }) => method === 'chat.appendStream' && ++appends === 3)
  expect(texts).toHaveLength(1)
  expectOneReason(texts[0] ?? '', killed)
  expect(stage.stack.lambda.deadLetters).toEqual([])
})

test('an answer to a question that is deleted at once ends by itself', async () => {
  const asked = begin(stage, ASKED)
  stage.stack.slack.delete({ channel: CHANNEL, ts: asked.ts })
  const before = stage.stack.lambda.invocations.length
  await stage.stack.settled()
  expect(asked.seen().replies).toEqual([])
  expect(stage.stack.lambda.invocations.slice(before).map(({ outcome }) => outcome)).toEqual(['succeeded'])
  expect(logged(stage, 'turn').at(-1)?.outcome).toBe('unreachable')
})

test('a process that is killed after the message was closed is not apologized for', async () => {
  stage.model = speaking(3, 0)
  const { texts, threadTs } = await killedAt(
    ({ method, args }) => method === 'UpdateItem' && JSON.stringify(args).includes('"S":"answered"'),
  )
  expect(texts).toEqual(['word1 word2 word3'])
  expect(logged(stage, 'apology').at(-1)?.outcome).toBe('nothing_to_say')
  expect((await stored(stage, `turn#A00FAKE:T00FAKE:D00ADA:${threadTs}`))[0]?.state?.S).toBe('answered')
})

test('two turns at once run in two processes; a killed one leaves the other alone', async () => {
  const hangs = called(stage, ({ method }) => method === 'chat.appendStream')
  const first = begin(stage, ASKED)
  await hangs
  stage.model = speaking(30, 100)
  const other = called(stage, ({ method }) => method === 'ConverseStream', 'begun')
  const second = begin(stage, ASKED)
  await other
  const firsts = running(stage, first.ts)
  expect(firsts.pid).not.toBe(running(stage, second.ts).pid)
  stage.stack.lambda.kill(firsts.requestId)
  await stage.stack.settled()
  expect(firsts.outcome).toBe('killed')
  expect(second.seen().text.trim()).toMatch(/word30$/)
  expectOneReason(first.seen().text, firsts.requestId)
})

test('an apology that Slack does not take, or whose answer is lost, is there once in the end', async () => {
  let appends = 0
  let stops = 0
  stage.faults = ({ method }) => (method === 'chat.stopStream' ? { kind: 'answer', status: 500, carriedOut: ++stops > 1 } : undefined)
  const { texts, killed } = await killedAt(({ method }) => method === 'chat.appendStream' && ++appends === 2)
  expect(stops).toBe(2)
  expect(texts).toHaveLength(1)
  expectOneReason(texts[0] ?? '', killed)
  expect(stage.stack.lambda.deadLetters).toEqual([])
})

test('after the apology, "Try again" answers', async () => {
  let appends = 0
  const { threadTs } = await killedAt(({ method }) => method === 'chat.appendStream' && ++appends === 2)
  stage.faults = () => undefined
  stage.model = saying(ANSWER)
  await press(stage, { channel: CHANNEL, threadTs }, { actionId: 'retry' })
  await stage.stack.settled()
  expect(stage.stack.slack.thread(CHANNEL, threadTs).map(textOf).at(-1)).toBe(ANSWER)
})
