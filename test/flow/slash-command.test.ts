import { beforeEach, describe, expect, test } from 'vitest'
import { refuseWith } from '../../playground/bedrock/refusal.ts'
import {
  ANSWER,
  faultOn,
  openStage,
  post,
  press,
  slackError,
  textOf,
  untilCall,
  viewOf,
} from './flow-stage.ts'
import { silent } from './models.ts'

const stage = openStage()

/** Types a command and waits; returns the reply in the asker's direct messages. */
async function type(text: string, user = 'U00ADA') {
  const { slack, calls } = stage.stack
  const channel = `D00${user.slice(3)}`
  const before = calls.all.length
  const since = `${Date.now() / 1000}`
  const { answer, attempts } = await slack.slashCommand({
    command: '/vera',
    text,
    channel: 'C00GENERAL',
    user,
  })
  await stage.stack.settled()
  const root = calls.all
    .slice(before)
    .find(({ method, args }) => method === 'chat.postMessage' && args.thread_ts === undefined)
  const rootTs = roots(channel, since).at(-1) ?? ''
  return {
    answer,
    attempts,
    channel,
    rootTs,
    root,
    seen: viewOf(stage.stack, channel, rootTs, rootTs, before),
  }
}

/** The first messages of threads in a direct message since then. */
function roots(channel: string, since: string): string[] {
  return known.flatMap(({ channel: at, ts, threadTs }) =>
    at === channel && threadTs === undefined && ts >= since ? [ts] : [],
  )
}
const known: { channel: string; ts: string; threadTs?: string }[] = []
let watching = false
beforeEach(() => {
  if (!watching)
    stage.stack.slack.watch(
      (message) => void (known.some(({ ts }) => ts === message.ts) || known.push(message)),
    )
  watching = true
})

describe('a question typed as a slash command', () => {
  test('is acknowledged by the edge and answered in a direct message', async () => {
    const { answer, attempts, channel, rootTs, seen } = await type('where does the VPN guide live?')
    expect(attempts.map(({ status }) => status)).toEqual([200])
    expect(JSON.parse(answer)).toMatchObject({ response_type: 'ephemeral' })
    const [root] = stage.stack.slack.thread(channel, rootTs)
    expect(root?.text).toBe('You asked: where does the VPN guide live?')
    expect(seen.text).toContain(ANSWER)
    expect(seen.replies[0]?.blocks.map(({ type }) => type)).toEqual(['section', 'context_actions'])
    expect(stage.stack.slack.session(channel, rootTs)).toBe('active')
  })

  test('can be followed by another question in its thread', async () => {
    const { channel, rootTs } = await type('How often are laptops replaced?')
    const { text, calls } = await post(stage, { channel, threadTs: rootTs, text: 'and which form is it?' })
    expect(text).toContain('LT-12')
    const asked = calls.find(({ method }) => method === 'ConverseStream')?.args.messages as {
      role: string
      content: { text?: string }[]
    }[]
    expect(asked.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(asked[0]?.content[0]?.text).toBe('Ada Fake: How often are laptops replaced?')
  })

  test('can be retried after a failure', async () => {
    stage.faults = faultOn('ConverseStream', refuseWith('ModelErrorException', 'The model failed.'))
    const { channel, rootTs, seen: failed } = await type('where does the VPN guide live?')
    expect(failed.text).toContain('The model that writes my answers had an error')
    stage.faults = () => undefined
    await press(stage, { channel, threadTs: rootTs }, { actionId: 'retry' })
    await stage.stack.settled()
    expect(stage.stack.slack.thread(channel, rootTs).map(textOf).at(-1)).toContain(ANSWER)
  })

  test('can be stopped before its first token', async () => {
    const { slack } = stage.stack
    stage.model = silent(60_000)
    const asked = untilCall(stage, ({ method }) => method === 'ConverseStream', 'begun')
    const typed = type('what takes long?')
    await asked
    const opened = stage.stack.calls.all.findLast(({ method }) => method === 'chat.startStream')?.args
    slack.pressStop({ channel: 'D00ADA', threadTs: String(opened?.thread_ts), user: 'U00ADA' })
    expect((await typed).seen.text).toBe('_Stopped before I began to answer._')
  })

  test('is repeated to the person once, even if Slack loses the answer to that post', async () => {
    stage.faults = faultOn('chat.postMessage', { kind: 'cut', carriedOut: true }, 1)
    const since = `${Date.now() / 1000}`
    const { channel, seen } = await type('where does the VPN guide live?')
    expect(seen.text).toContain(ANSWER)
    expect(roots(channel, since)).toHaveLength(1)
  })

  test('gets an explanation in its channel if the person cannot get direct messages', async () => {
    stage.faults = faultOn('conversations.open', slackError('channel_not_found'))
    const before = stage.stack.calls.all.length
    await type('where does the VPN guide live?', 'U00GRACE')
    const told = stage.stack.calls.all.slice(before).find(({ method }) => method === 'chat.postEphemeral')
    expect(told?.args).toMatchObject({ channel: 'C00GENERAL', user: 'U00GRACE' })
    expect(told?.args.markdown_text).toContain('I could not write you a direct message.')
  })

  test('ends in the dead-letter queue if the person cannot be told anything', async () => {
    stage.faults = ({ method }) =>
      method === 'conversations.open'
        ? slackError('cannot_dm_bot')
        : method === 'chat.postEphemeral'
          ? slackError('not_in_channel')
          : undefined
    const before = stage.stack.lambda.deadLetters.length
    await type('where does the VPN guide live?', 'U00GRACE')
    expect(stage.stack.lambda.deadLetters).toHaveLength(before + 1)
  })

  test('is repeated with its markup escaped', async () => {
    const { channel, rootTs } = await type('is a < b & c > d? <!channel>')
    expect(stage.stack.slack.thread(channel, rootTs)[0]?.text).toBe(
      'You asked: is a &lt; b &amp; c &gt; d? @channel',
    )
  })
})

test('the slash command help is answered by the edge alone', async () => {
  const before = stage.stack.calls.all.length
  const { answer } = await stage.stack.slack.slashCommand({
    command: '/vera',
    text: 'help',
    channel: 'C00GENERAL',
    user: 'U00ADA',
  })
  expect(JSON.parse(answer).text).toContain('/vera your question')
  expect(stage.stack.calls.all).toHaveLength(before)
})
