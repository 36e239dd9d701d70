import { BOT_SCOPES } from '../../settings/slack-manifest.ts'
import { UserError } from '../../settings/user-error.ts'

/** Timeout of one call. Slack normally answers within a second. */
const REQUEST_TIMEOUT_MS = 10_000

/** The place where a bot token is installed, and its scopes. */
export interface Installation {
  teamId: string
  team: string
  appId: string
  scopes: string[]
}

/** The token was revoked, or is not a token. */
export class TokenRefused extends UserError {}

/** Calls auth.test and bots.info. `apiUrl` ends with a slash. Throws TokenRefused. */
export async function readInstallation(botToken: string, apiUrl: string): Promise<Installation> {
  const me = await call(apiUrl, 'auth.test', botToken, {})
  const { bot } = (await call(apiUrl, 'bots.info', botToken, { bot: String(me.answer.bot_id) })).answer as {
    bot?: { app_id?: string }
  }
  const { team_id: teamId, team } = me.answer
  if (typeof teamId !== 'string' || typeof bot?.app_id !== 'string')
    throw new UserError('Slack did not say which app the bot token belongs to. Run the command again.')
  return { teamId, team: String(team), appId: bot.app_id, scopes: me.scopes }
}

async function call(
  apiUrl: string,
  method: string,
  token: string,
  args: Record<string, string>,
): Promise<{ answer: Record<string, unknown>; scopes: string[] }> {
  const response = await fetch(new URL(method, apiUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(args),
    redirect: 'error',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new UserError(
      `Slack did not answer ${method}: ${error instanceof Error ? error.message : error}. Run the command again.`,
    )
  })
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
  if (answer.ok === true)
    return {
      answer,
      scopes: (response.headers.get('x-oauth-scopes') ?? '').split(',').filter((scope) => scope !== ''),
    }
  const error = typeof answer.error === 'string' ? answer.error : `status ${response.status}`
  if (/^(invalid_auth|not_authed|token_revoked|token_expired|account_inactive)$/.test(error)) {
    throw new TokenRefused(
      `Slack refuses the bot token (${error}). Install the app and copy the token from its page "OAuth & Permissions".`,
    )
  }
  if (error === 'missing_scope')
    throw new UserError(
      `The app may not call ${method}: add the scope users:read, install the app again, and run the command again.`,
    )
  throw new UserError(`Slack refused ${method}: ${error}. Run the command again.`)
}

/** A token has the scopes that the app had when it was installed. Slack lists them in each response. */
export function checkScopes({ scopes, appId }: Installation): void {
  const missing = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return
  throw new UserError(
    `The app lacks permissions: add the scopes ${missing.join(', ')} at ` +
      `https://api.slack.com/apps/${appId}/oauth, install the app again, and run the command again.`,
  )
}
