import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { UsageError } from '../../settings/user-error.ts'

/**
 * Answers given in advance: options on the command line, and secrets in variables, which no process list
 * shows.
 */
export interface CliOptions {
  help: boolean
  dryRun: boolean
  yes: boolean
  confluenceUser?: string | undefined
  slackApp?: string | undefined
  cloudflareAccountId?: string | undefined
  confluenceToken?: string | undefined
  signingSecret?: string | undefined
  botToken?: string | undefined
}

/** These are never passed on to the tools that we start. */
export const SECRET_VARIABLES: readonly string[] = [
  'CONFLUENCE_API_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_BOT_TOKEN',
]

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  'confluence-user': { type: 'string' },
  'slack-app': { type: 'string' },
} as const
type Option = keyof typeof OPTIONS

/**
 * npm silently keeps these options for itself if they come without the two dashes (`npm run deploy --yes`).
 */
const NPM_OWN_OPTIONS = ['dry-run', 'yes'] as const

/** The patterns tell one secret from another, so that none ends up in the place of another. */
const SlackApp = v.pipe(
  v.string(),
  v.regex(/^(new|A[A-Z0-9]{5,})$/, 'expected "new" or the id of an app, such as A0123456789'),
)
export const ConfluenceUser = v.pipe(v.string(), v.trim(), v.regex(/^\S+@\S+$/, 'expected a mail address'))
export const ConfluenceToken = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^\S{20,}$/, 'expected an API token of Atlassian'),
)
export const SigningSecret = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^[0-9a-f]{32}$/, 'expected 32 characters, each 0-9 or a-f'),
)
export const BotToken = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^xoxb-[\w-]+$/, 'expected a bot token, which begins with xoxb-'),
)

/** Reads the options that a command accepts. Throws UsageError. */
export function readCliOptions(
  args: readonly string[],
  env: Record<string, string | undefined>,
  accepted: readonly Option[],
): CliOptions {
  const options = Object.fromEntries(accepted.map((name) => [name, OPTIONS[name]]))
  const values = (() => {
    try {
      return parseArgs({ args: [...args], options }).values as Partial<Record<Option, string | boolean>>
    } catch (error) {
      throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
    }
  })()
  for (const name of NPM_OWN_OPTIONS) {
    if (
      accepted.includes(name) &&
      env[`npm_config_${name.replace('-', '_')}`] === 'true' &&
      values[name] !== true
    ) {
      throw new UsageError(
        `npm keeps --${name} for itself: run "npm run ${env.npm_lifecycle_event ?? 'deploy'} -- --${name}"`,
      )
    }
  }
  return {
    help: values.help === true,
    dryRun: values['dry-run'] === true,
    yes: values.yes === true,
    confluenceUser: parseValue('--confluence-user', values['confluence-user'], ConfluenceUser),
    slackApp: parseValue('--slack-app', values['slack-app'], SlackApp),
    // A pipeline whose own setting is missing passes an empty variable. Treat it as not set.
    cloudflareAccountId: env.CLOUDFLARE_ACCOUNT_ID || undefined,
    confluenceToken: parseValue('CONFLUENCE_API_TOKEN', env.CONFLUENCE_API_TOKEN, ConfluenceToken),
    signingSecret: parseValue('SLACK_SIGNING_SECRET', env.SLACK_SIGNING_SECRET, SigningSecret),
    botToken: parseValue('SLACK_BOT_TOKEN', env.SLACK_BOT_TOKEN, BotToken),
  }
}

/** The error names the option or variable, never its value: it may be a secret in the wrong place. */
function parseValue(
  name: string,
  value: unknown,
  schema: v.GenericSchema<string, string>,
): string | undefined {
  if (value === undefined || value === '') return undefined
  const read = v.safeParse(schema, value)
  if (!read.success) throw new UsageError(`${name}: ${read.issues[0].message}`)
  return read.output
}
