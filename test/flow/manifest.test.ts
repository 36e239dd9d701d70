import { expect, test } from 'vitest'
import { BOT_EVENTS, BOT_SCOPES } from '../../infra/settings/slack-manifest.ts'
import { mention, openStage, press, QUESTION, untilCall } from './flow-stage.ts'
import { speaking } from './models.ts'

// Every flow test runs with exactly what the manifest asks for, so nothing is missing. This one shows that
// nothing is superfluous.

const stage = openStage()

/** Does everything that people can do with the assistant, in every kind of channel. */
async function useAll(): Promise<void> {
  const { slack } = stage.stack
  const ask = async (channel: string, text: string) => {
    const { ts } = slack.post({ channel, user: 'U00ADA', text })
    await stage.stack.settled()
    return { channel, threadTs: ts }
  }
  for (const channel of ['C00GENERAL', 'C00PRIVATE', 'C00GROUPDM']) {
    // Slack sends a mention as two events, in alternating order here, and the first one wins.
    for (const _ of ['app_mention', 'message']) await ask(channel, QUESTION)
  }
  const at = await ask('D00ADA', 'where does the VPN guide live?')
  await press(stage, at, { actionId: 'feedback', value: 'positive' })
  await slack.slashCommand({
    command: '/vera',
    text: 'where does the VPN guide live?',
    channel: 'C00GENERAL',
    user: 'U00GRACE',
  })
  await stage.stack.settled()

  stage.model = speaking(600, 100)
  const begun = untilCall(stage, ({ method }) => method === 'chat.appendStream')
  const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: mention('what takes long?') })
  await begun
  slack.pressStop({ channel: 'C00GENERAL', threadTs: ts, user: 'U00ADA' })
  await stage.stack.settled()
}

test('the manifest asks for exactly the scopes and events that are used', async () => {
  await useAll()
  const { slack, edge, calls } = stage.stack
  expect(calls.all.filter(({ error }) => /missing_scope|not_authorized/.test(error ?? ''))).toEqual([])
  expect([...slack.neededScopes].sort()).toEqual(Object.keys(BOT_SCOPES))

  const handedOff = edge.logs.flatMap((line) => {
    const { outcome, eventId } = JSON.parse(line) as { outcome: string; eventId?: string }
    return outcome === 'invoked' && eventId !== undefined ? [eventId] : []
  })
  const acted = slack.deliveries.filter(({ eventId }) => eventId !== undefined && handedOff.includes(eventId))
  expect([...new Set(acted.map(({ body }) => nameOf(JSON.parse(body).event)))].sort()).toEqual(
    Object.keys(BOT_EVENTS).sort(),
  )
})

/** The manifest's name for an event. */
function nameOf({ type, channel_type }: { type: string; channel_type?: string }): string {
  const family = { channel: 'channels', group: 'groups', mpim: 'mpim', im: 'im' }[channel_type ?? '']
  return type === 'message' ? `message.${family}` : type
}
