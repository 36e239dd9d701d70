import { describe, expect, test } from 'vitest'
import { classify } from '../../edge/classify/classify.ts'
import type { Decision } from '../../edge/classify/decision.ts'
import { Post, SessionStop } from '../../edge/classify/envelope.ts'
import type { VerifiedBody } from '../../edge/signature.ts'
import { BOT_EVENTS } from '../../infra/settings/slack-manifest.ts'
import { envelope, type Fields, mention, message, stopped } from './slack-request.ts'

const decide = (event: Fields): Decision =>
  classify(
    'events',
    JSON.stringify(envelope(event)) as VerifiedBody,
    { receivedAt: 0, slackRetryNum: 0 },
    { bots: [], outsiders: false },
  )

/**
 * The event that Slack sends for a subscription. `message.im` brings a `message` with the channel type `im`.
 */
function sentFor(name: string): Fields {
  const [type, place] = name.split('.')
  if (type === 'app_mention') return mention()
  if (type === 'agent_session_stopped') return stopped()
  const types: Record<string, string> = { channels: 'channel', groups: 'group', im: 'im', mpim: 'mpim' }
  return type === 'message' ? message({ channel_type: types[place ?? ''] }) : { type }
}

describe('the event subscriptions in the manifest', () => {
  test.each(Object.keys(BOT_EVENTS))('the edge hands off %s', (name) => {
    expect(decide(sentFor(name))).toMatchObject({ kind: 'hand_off' })
  })

  test('include every event that the edge hands off, and no other', () => {
    const types = [...Post.entries.type.options, SessionStop.entries.type.literal]
    const places = ['channels', 'groups', 'im', 'mpim'].map((place) => `message.${place}`)
    expect(Object.keys(BOT_EVENTS).sort()).toEqual(
      types.flatMap((type) => (type === 'message' ? places : [type])).sort(),
    )
    expect(decide({ type: 'app_home_opened' })).toMatchObject({ kind: 'ignore', reason: 'unknown_event' })
  })
})
