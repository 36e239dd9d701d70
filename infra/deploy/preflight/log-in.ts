import { ToMend } from '../../settings/user-error.ts'
import type { Guide } from '../terminal/context.ts'
import { type Found, inOneLine, report, unexpected } from '../terminal/findings.ts'
import { type Command, CommandFailed, ToolMissing, type Tools } from '../terminal/tools.ts'

/** On whose accounts a command works. */
export interface LoggedIn {
  /** With wrangler working on that account. */
  tools: Tools
  awsAccount: string
  cloudflareAccount: string
}

/** An account of Cloudflare. */
export interface Account {
  id: string
  name: string
}

interface Who {
  email?: string
  accounts: Account[]
}

const PRETENDED: Who = { email: '<you>', accounts: [{ id: '<account>', name: '<account>' }] }

/** Finds out who is logged in on both sides. Throws ToMend. */
export async function logIn(guide: Guide): Promise<LoggedIn> {
  const [aws, cloudflare] = await Promise.all([logInToAws(guide), logInToCloudflare(guide)])
  report(guide, [aws.found, cloudflare.found])
  return loggedIn(guide, aws.account, cloudflare.account)
}

/** Where both have said yes. */
export function loggedIn(
  { tools }: Guide,
  awsAccount: string | undefined,
  cloudflare: Account | undefined,
): LoggedIn {
  if (awsAccount === undefined || cloudflare === undefined)
    throw new Error('Nobody is logged in, and nobody has said so.')
  return { tools: onAccount(tools, cloudflare.id), awsAccount, cloudflareAccount: cloudflare.name }
}

/** The account, where somebody is logged in to AWS. */
export async function logInToAws({ tools, placement }: Guide): Promise<{ account?: string; found: Found }> {
  try {
    const args = ['sts', 'get-caller-identity', '--region', placement.home, '--output', 'json']
    const { Account: account, Arn } = await tools.read(
      { tool: 'aws', args },
      { Account: '<account>', Arn: '<you>' },
    )
    return { account, found: { well: `AWS account ${account}, as ${Arn}` } }
  } catch (error) {
    if (error instanceof ToolMissing) return { found: { inTheWay: error.message } }
    if (!(error instanceof CommandFailed)) throw error
    const login = 'Run "aws sso login" or "aws configure", and name the profile in AWS_PROFILE.'
    return { found: { inTheWay: `Nobody is logged in to AWS (${inOneLine(error)}). ${login}` } }
  }
}

/** The account, where somebody is logged in to Cloudflare. Where there are several, it is asked for. */
export async function logInToCloudflare(guide: Guide): Promise<{ account?: Account; found: Found }> {
  try {
    const { accounts, email } = await guide.tools.read<Who>(
      { tool: 'wrangler', args: ['whoami', '--json'] },
      PRETENDED,
    )
    const account = await whichAccount(guide, accounts)
    return {
      account,
      found: { well: `Cloudflare account ${account.name}, as ${email ?? 'the owner of a token'}` },
    }
  } catch (error) {
    if (error instanceof ToMend) return { found: { inTheWay: error.message } }
    if (!(error instanceof CommandFailed)) throw error
    // It ends so, too, where it could not ask.
    if (!/"loggedIn":\s*false/.test(error.said))
      return { found: { inTheWay: unexpected('Who is logged in to Cloudflare', error) } }
    const login =
      'Run "npx wrangler login", or set CLOUDFLARE_API_TOKEN to a token that may edit Workers and Queues.'
    return { found: { inTheWay: `Nobody is logged in to Cloudflare. ${login}` } }
  }
}

/** Throws ToMend. */
async function whichAccount({ given, ask, memory }: Guide, accounts: Account[]): Promise<Account> {
  const listed = (id: string): Account | undefined => accounts.find((account) => account.id === id)
  const remembered = memory.recall().cloudflareAccountId
  if (given.cloudflareAccountId !== undefined) {
    if (given.cloudflareAccountId !== remembered)
      memory.remember({ cloudflareAccountId: given.cloudflareAccountId })
    return (
      listed(given.cloudflareAccountId) ?? { id: given.cloudflareAccountId, name: given.cloudflareAccountId }
    )
  }
  if (remembered !== undefined) {
    const account = listed(remembered)
    if (account) return account
    // A token of an account may not list any.
    if (accounts.length === 0) return { id: remembered, name: remembered }
    throw new ToMend(
      `This login does not list the Cloudflare account ${remembered}, to which Vera was deployed from here. ` +
        'Log in as before, or set CLOUDFLARE_ACCOUNT_ID to the account that is meant.',
    )
  }
  const [only, ...others] = accounts
  if (!only)
    throw new ToMend('Cloudflare does not say which account this login is for. Set CLOUDFLARE_ACCOUNT_ID.')
  if (others.length === 0) return only
  const options = accounts.map(({ id, name }) => ({ value: id, label: name }))
  const chosen = await ask.choose({
    message: 'Which Cloudflare account?',
    by: 'CLOUDFLARE_ACCOUNT_ID',
    options,
  })
  memory.remember({ cloudflareAccountId: chosen })
  return listed(chosen) ?? only
}

/** wrangler asks which account, or fails, unless a variable says so. */
export function onAccount(tools: Tools, accountId: string): Tools {
  const named = (command: Command): Command =>
    command.tool === 'wrangler'
      ? { ...command, variables: { ...command.variables, CLOUDFLARE_ACCOUNT_ID: accountId } }
      : command
  return {
    dry: tools.dry,
    call: (command) => tools.call(named(command)),
    read: (command, pretended) => tools.read(named(command), pretended),
  }
}
