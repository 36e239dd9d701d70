import { beforeAll, describe, expect, test } from 'vitest'
import {
  BROKEN,
  mention,
  openStage,
  post,
  QUESTION,
  slackError,
  startPost,
  stored,
  untilCall,
} from './flow-stage.ts'
import { saying, silent, speaking, speakingUntil } from './models.ts'

const stage = openStage()

// Starts two processes, so that Stop finds one free while the other answers.
beforeAll(async () => {
  stage.model = saying('ready')
  await Promise.all([post(stage, { text: QUESTION }), post(stage, { text: QUESTION, user: 'U00GRACE' })])
})

/** Asks, presses Stop when the first call of a method was made, and waits until everything has settled. */
async function stopAt(method: string): Promise<ReturnType<ReturnType<typeof startPost>['view']>> {
  const moment = untilCall(
    stage,
    (call) => call.method === method,
    method === 'ConverseStream' ? 'begun' : 'ended',
  )
  const asked = startPost(stage, { text: QUESTION })
  await moment
  stage.stack.slack.pressStop({ channel: asked.channel, threadTs: asked.threadTs, user: 'U00GRACE' })
  await stage.stack.settled()
  return asked.view()
}

/** The model would speak for a minute, but its server saw the client reset the stream. */
function expectModelStopped({
  calls,
}: {
  calls: readonly { method: string; marks: Record<string, number>; ms: number }[]
}): void {
  expect(
    calls.filter(({ method }) => method === 'ConverseStream').map(({ marks }) => marks.reset !== undefined),
  ).toEqual([true])
}

describe('Stop, which reaches another process,', () => {
  test('stops the model in the middle of its answer and keeps the text with a note', async () => {
    stage.model = speaking(600, 100)
    const stopped = await stopAt('chat.appendStream')
    expectModelStopped(stopped)
    expect(stopped.text).toMatch(/^word1 word2 /)
    expect(stopped.text).not.toContain('word600')
    expect(stopped.text).toMatch(/_Stopped here, as you asked\._$/)
    expect(stage.stack.slack.session(stopped.channel, stopped.threadTs)).toBe('active')
    expect(stage.stack.slack.status(stopped.channel, stopped.threadTs)).toBe('')
    const set = stopped.calls
      .filter(({ method }) => method === 'agents.sessions.setStatus')
      .map(({ args }) => args.status)
    expect(set).not.toContain('processing')
    // Neither thumbs nor "Try again".
    expect(stopped.replies[0]?.blocks.filter(({ type }) => type.endsWith('actions'))).toEqual([])
  })

  test('stops the model through Slack if the table fails', async () => {
    stage.model = speaking(600, 100)
    stage.faults = ({ method, args }) =>
      method === 'UpdateItem' && JSON.stringify(args.Key).includes('stop#') ? BROKEN : undefined
    const stopped = await stopAt('chat.appendStream')
    expectModelStopped(stopped)
    expect(stopped.text).toMatch(/^word1 .*_Stopped here, as you asked\._$/s)
  })

  test('stops the model before its first token', async () => {
    stage.model = silent(60_000)
    const stopped = await stopAt('ConverseStream')
    expectModelStopped(stopped)
    expect(stopped.text).toBe('_Stopped before I began to answer._')
    expect(stage.stack.slack.session(stopped.channel, stopped.threadTs)).toBe('active')
  })

  test('stops the model if the reply is posted instead of streamed', async () => {
    stage.model = speaking(600, 100)
    stage.faults = ({ method }) =>
      method === 'chat.startStream' ? slackError('channel_type_not_supported') : undefined
    const stopped = await stopAt('chat.postMessage')
    expectModelStopped(stopped)
    expect(stopped.text).toMatch(/^word1 .*_Stopped here, as you asked\._$/s)
    expect(stage.stack.slack.session(stopped.channel, stopped.threadTs)).toBe('active')
  })

  test('does not stop a later question', async () => {
    stage.model = speaking(600, 100)
    const { threadTs } = await stopAt('chat.appendStream')
    // The answer goes on until its process has looked for a Stop three times.
    let looks = 0
    const looked = untilCall(
      stage,
      ({ method, args }) =>
        method === 'BatchGetItem' && JSON.stringify(args).includes('stop#') && ++looks === 3,
    )
    stage.model = speakingUntil(looked, 100)
    const { text } = await post(stage, { threadTs, text: mention('and now?') })
    expect(text).toMatch(/^word1 .* end$/)
  })
})

test('a Stop that is more than ten minutes old is ignored', async () => {
  const { ts: threadTs } = stage.stack.slack.post({
    channel: 'C00GENERAL',
    user: 'U00ADA',
    text: 'nobody is asked',
  })
  const pressed = (minutesAgo: number) => ({
    type: 'agent_session_stopped',
    channel: 'C00GENERAL',
    user: 'U00ADA',
    thread_ts: threadTs,
    streaming_message_ts: [],
    event_ts: `${Math.floor(Date.now() / 1000) - minutesAgo * 60}.000100`,
  })
  stage.stack.slack.send(pressed(11))
  await stage.stack.settled()
  expect(await stored(stage, `stop#C00GENERAL:${threadTs}`)).toEqual([])
  stage.stack.slack.send(pressed(9))
  await stage.stack.settled()
  expect(await stored(stage, `stop#C00GENERAL:${threadTs}`)).toHaveLength(1)
})
