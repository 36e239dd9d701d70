import { identity } from '../../playground/slack/identity.ts'
import { sign } from '../../playground/slack/signed-request.ts'

/** The nth mention in a channel as Slack sends it, signed now. Its event id, ts and text are unique. */
export function signedMention(n: number): { body: string; headers: Record<string, string> } {
  const seconds = Math.floor(Date.now() / 1000)
  const ts = `${seconds}.${String(n).padStart(6, '0')}`
  const eventId = `Ev00BENCH${String(n).padStart(7, '0')}`
  const question = ` where does question ${n} about the VPN and the new laptops go, and who may ask it?`
  const body = JSON.stringify({
    token: 'fake-verification-token',
    team_id: identity.teamId,
    context_team_id: identity.teamId,
    context_enterprise_id: null,
    api_app_id: identity.appId,
    event: {
      user: 'U00ADA',
      type: 'app_mention',
      ts,
      client_msg_id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      text: `<@${identity.botUserId}>${question}`,
      team: identity.teamId,
      blocks: [
        {
          type: 'rich_text',
          block_id: `b${n}`,
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'user', user_id: identity.botUserId },
                { type: 'text', text: question },
              ],
            },
          ],
        },
      ],
      channel: 'C00GENERAL',
      event_ts: ts,
    },
    type: 'event_callback',
    event_id: eventId,
    event_time: seconds,
    authorizations: [
      {
        enterprise_id: null,
        team_id: identity.teamId,
        user_id: identity.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-fake-${eventId}`,
  })
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      accept: '*/*',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': sign(identity.signingSecret, seconds, body),
    },
  }
}
