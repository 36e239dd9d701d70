import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding, oneLine, reportFindings } from '../terminal/findings.ts'
import { type Command, CommandFailed, ToolMissing, type Tools } from '../terminal/tools.ts'

/** The accounts that a command works on. */
export interface Accounts {
  /** wrangler works on this Cloudflare account. */
  tools: Tools
  awsAccount: string
  cloudflareAccount: string
}

/** A Cloudflare account. */
export interface Account {
  id: string
  name: string
}

interface WhoAmI {
  email?: string
  accounts: Account[]
}

const DRY_RUN_VALUE: WhoAmI = { email: '<you>', accounts: [{ id: '<account>', name: '<account>' }] }

/** Checks both logins. Throws UserError. */
export async function logIn(context: DeployContext): Promise<Accounts> {
  const [aws, cloudflare] = await Promise.all([logInToAws(context), logInToCloudflare(context)])
  reportFindings(context, [aws.finding, cloudflare.finding])
  return accountsOf(context, aws.account, cloudflare.account)
}

/** Call it only after both logins were found. */
export function accountsOf(
  { tools }: DeployContext,
  awsAccount: string | undefined,
  cloudflare: Account | undefined,
): Accounts {
  if (awsAccount === undefined || cloudflare === undefined)
    throw new Error('Not logged in, but no finding says so.')
  return {
    tools: withCloudflareAccount(tools, cloudflare.id),
    awsAccount,
    cloudflareAccount: cloudflare.name,
  }
}

/** `account` is undefined if nobody is logged in. */
export async function logInToAws({
  tools,
  placement,
}: DeployContext): Promise<{ account?: string; finding: Finding }> {
  try {
    const args = ['sts', 'get-caller-identity', '--region', placement.home, '--output', 'json']
    const { Account: account, Arn } = await tools.read(
      { tool: 'aws', args },
      { Account: '<account>', Arn: '<you>' },
    )
    return { account, finding: { kind: 'ok', message: `AWS account ${account}, as ${Arn}` } }
  } catch (error) {
    if (error instanceof ToolMissing) return { finding: { kind: 'error', message: error.message } }
    if (!(error instanceof CommandFailed)) throw error
    const login = 'Run "aws sso login" or "aws configure", and set AWS_PROFILE to the profile.'
    return { finding: { kind: 'error', message: `Not logged in to AWS (${oneLine(error)}). ${login}` } }
  }
}

/** `account` is undefined if nobody is logged in. Asks which account to use if there are several. */
export async function logInToCloudflare(
  context: DeployContext,
): Promise<{ account?: Account; finding: Finding }> {
  try {
    const { accounts, email } = await context.tools.read<WhoAmI>(
      { tool: 'wrangler', args: ['whoami', '--json'] },
      DRY_RUN_VALUE,
    )
    const account = await chooseAccount(context, accounts)
    return {
      account,
      finding: {
        kind: 'ok',
        message: `Cloudflare account ${account.name}, as ${email ?? 'the owner of the API token'}`,
      },
    }
  } catch (error) {
    if (error instanceof UserError) return { finding: { kind: 'error', message: error.message } }
    if (!(error instanceof CommandFailed)) throw error
    // wrangler also fails if it cannot reach Cloudflare.
    if (!/"loggedIn":\s*false/.test(error.details))
      return { finding: { kind: 'error', message: checkFailed('who is logged in to Cloudflare', error) } }
    const login =
      'Run "npx wrangler login", or set CLOUDFLARE_API_TOKEN to a token that may edit Workers and Queues.'
    return { finding: { kind: 'error', message: `Not logged in to Cloudflare. ${login}` } }
  }
}

/** Throws UserError. */
async function chooseAccount(
  { options, prompts, state }: DeployContext,
  accounts: Account[],
): Promise<Account> {
  const listed = (id: string): Account | undefined => accounts.find((account) => account.id === id)
  const remembered = state.read().cloudflareAccountId
  if (options.cloudflareAccountId !== undefined) {
    if (options.cloudflareAccountId !== remembered)
      state.merge({ cloudflareAccountId: options.cloudflareAccountId })
    return (
      listed(options.cloudflareAccountId) ?? {
        id: options.cloudflareAccountId,
        name: options.cloudflareAccountId,
      }
    )
  }
  if (remembered !== undefined) {
    const account = listed(remembered)
    if (account) return account
    // A token that belongs to an account can list none.
    if (accounts.length === 0) return { id: remembered, name: remembered }
    throw new UserError(
      `This login does not list the Cloudflare account ${remembered}, to which Vera was deployed from this folder. ` +
        'Log in as before, or set CLOUDFLARE_ACCOUNT_ID to the account to use.',
    )
  }
  const [only, ...others] = accounts
  if (!only)
    throw new UserError('Cloudflare does not say which account this login is for. Set CLOUDFLARE_ACCOUNT_ID.')
  if (others.length === 0) return only
  const chosen = await prompts.choose({
    message: 'Which Cloudflare account?',
    setBy: 'CLOUDFLARE_ACCOUNT_ID',
    options: accounts.map(({ id, name }) => ({ value: id, label: name })),
  })
  state.merge({ cloudflareAccountId: chosen })
  return listed(chosen) ?? only
}

/** Without this variable, wrangler asks which account to use, or fails. */
export function withCloudflareAccount(tools: Tools, accountId: string): Tools {
  const withAccountId = (command: Command): Command =>
    command.tool === 'wrangler'
      ? { ...command, variables: { ...command.variables, CLOUDFLARE_ACCOUNT_ID: accountId } }
      : command
  return {
    dryRun: tools.dryRun,
    call: (command) => tools.call(withAccountId(command)),
    read: (command, dryRunValue) => tools.read(withAccountId(command), dryRunValue),
  }
}
