import * as v from 'valibot'
import type { VerifiedBody } from '../signature.ts'
import type { Decision, IgnoreReason, RequestMeta } from './decision.ts'
import { Click, parsePayload } from './envelope.ts'

/** `turnId|attempt`. A thumb adds its direction, because both thumbs share one action id. */
const VALUE = /^([^:|]+:([^:|]+):([^:|]+):[^:|]+)\|(\d{1,4})(?:\|(positive|negative))?$/

/** The rows for `interactivity` of classify's table. */
export function classifyClick(body: VerifiedBody, { receivedAt }: RequestMeta): Decision {
  const ignore = (reason: IgnoreReason): Decision => ({ kind: 'ignore', reason })

  const json = parsePayload(body)
  if (json === undefined) return ignore('not_json')
  const parsed = v.safeParse(Click, json)
  if (!parsed.success) return ignore('unknown_interaction')
  const {
    api_app_id: appId,
    team,
    enterprise,
    user,
    channel,
    container,
    response_url,
    actions,
  } = parsed.output
  const [{ action_id: button, value: pressed }] = actions
  if (button !== 'feedback' && button !== 'retry') return ignore('unknown_button')

  const [, turnId, turnTeamId, place, attempt, thumb] = VALUE.exec(pressed ?? '') ?? []
  if (
    turnId === undefined ||
    turnTeamId === undefined ||
    place === undefined ||
    (button === 'feedback') !== (thumb !== undefined)
  )
    return ignore('unknown_value')
  // A command's turn is in a direct message, which its id does not name.
  if (place !== 'command' && place !== channel.id) return ignore('other_channel')

  // In an Enterprise organization, `team` is missing or names the workspace of the person who clicks. The turn's is ours:
  // we made the button.
  const teamId = enterprise ? turnTeamId : team?.id
  if (!teamId) return ignore('no_authorization')

  const clicked = { turnId, teamId, appId, receivedAt, channel: channel.id, userId: user.id }
  const threadTs = container.thread_ts ?? container.message_ts
  const respondTo = { url: response_url ?? undefined, threadTs }
  return thumb === 'positive' || thumb === 'negative'
    ? {
        kind: 'hand_off',
        handoff: { kind: 'feedback', ...clicked, messageTs: container.message_ts, threadTs, value: thumb },
        respondTo,
      }
    : {
        kind: 'hand_off',
        handoff: { kind: 'retry', ...clicked, attempt: Number(attempt), threadTs },
        respondTo,
      }
}
