import * as v from 'valibot'
import type { VerifiedBody } from '../signature.ts'
import type { Decision, RequestMeta } from './decision.ts'
import { parseForm, SlashCommand } from './envelope.ts'
import { truncate } from './text-limit.ts'

/** The rows for `commands` of classify's table. Slack sends only the commands in the app's manifest. */
export function classifyCommand(body: VerifiedBody, { receivedAt }: RequestMeta): Decision {
  const form = parseForm(body)
  if (form.ssl_check === '1') return { kind: 'ignore', reason: 'ssl_check' }
  const parsed = v.safeParse(SlashCommand, form)
  if (!parsed.success) return { kind: 'ignore', reason: 'unknown_command' }
  const {
    command,
    api_app_id: appId,
    team_id: teamId,
    channel_id: channel,
    user_id: userId,
    trigger_id: triggerId,
  } = parsed.output
  const text = truncate(parsed.output.text.trim())
  if (text === '' || text.toLowerCase() === 'help') return { kind: 'help', command }
  const id = `${appId}:${teamId}:command:${triggerId}`
  return {
    kind: 'hand_off',
    handoff: { kind: 'command', id, teamId, appId, receivedAt, channel, userId, text },
  }
}
