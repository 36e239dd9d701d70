import * as v from 'valibot'
import type { VerifiedBody } from '../signature.ts'
import { cut, type Decision, type Seen } from './decision.ts'
import { parseForm, TypedCommand } from './envelope.ts'

/** The rows for `commands` of classify's table. Slack sends the commands that the app's manifest names, and no others. */
export function classifyCommand(body: VerifiedBody, { receivedAt }: Seen): Decision {
  const form = parseForm(body)
  if (form.ssl_check === '1') return { do: 'ignore', reason: 'ssl_check' }
  const parsed = v.safeParse(TypedCommand, form)
  if (!parsed.success) return { do: 'ignore', reason: 'unknown_command' }
  const {
    command,
    api_app_id: appId,
    team_id: teamId,
    channel_id: channel,
    user_id: userId,
    trigger_id: triggerId,
  } = parsed.output
  const text = cut(parsed.output.text.trim())
  if (text === '' || text.toLowerCase() === 'help') return { do: 'help', command }
  const id = `${appId}:${teamId}:command:${triggerId}`
  return {
    do: 'hand_off',
    handoff: { kind: 'command', id, teamId, appId, receivedAt, channel, userId, text },
  }
}
