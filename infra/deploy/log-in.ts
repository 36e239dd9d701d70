import { type Found, report } from './checks.ts'
import type { Guide } from './guide.ts'
import { type Command, CommandFailed, type Tools } from './tools.ts'

/** On whose accounts a command works. */
export interface LoggedIn {
  /** With wrangler working on that account. */
  tools: Tools
  awsAccount: string
  cloudflareAccount: string
}

interface Who {
  email?: string
  accounts: { id: string; name: string }[]
}

const PRETENDED: Who = { email: '<you>', accounts: [{ id: '<account>', name: '<account>' }] }

/** Finds out who is logged in on both sides, and asks for the Cloudflare account where there are several. Throws ToMend. */
export async function logIn(guide: Guide): Promise<LoggedIn> {
  const [aws, cloudflare] = await Promise.all([askAws(guide), askCloudflare(guide)])
  report(guide, [aws.found, cloudflare.found])
  const accountId = cloudflare.known ?? (await chooseAccount(guide, cloudflare.accounts))
  return {
    tools: onAccount(guide.tools, accountId),
    awsAccount: aws.account,
    cloudflareAccount: cloudflare.accounts.find(({ id }) => id === accountId)?.name ?? accountId,
  }
}

async function askAws({ tools, placement }: Guide): Promise<{ account: string; found: Found }> {
  try {
    const args = ['sts', 'get-caller-identity', '--region', placement.home, '--output', 'json']
    const { Account: account, Arn } = await tools.read({ tool: 'aws', args }, { Account: '<account>', Arn: '<you>' })
    return { account, found: { well: `AWS account ${account}, as ${Arn}` } }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const said = error.said.trim().replaceAll(/\s+/g, ' ')
    const inTheWay = `Nobody is logged in to AWS (${said}). Run "aws sso login" or "aws configure", and name the profile in AWS_PROFILE.`
    return { account: '', found: { inTheWay } }
  }
}

async function askCloudflare({ tools, given, memory }: Guide): Promise<{ accounts: Who['accounts']; known?: string; found: Found }> {
  try {
    const { accounts, email } = await tools.read<Who>({ tool: 'wrangler', args: ['whoami', '--json'] }, PRETENDED)
    const only = accounts.length === 1 ? accounts[0]?.id : undefined
    const known = given.cloudflareAccountId ?? memory.recall().cloudflareAccountId ?? only
    // A token of an account may not list any: then the account has to be named.
    const unnamed = accounts.length === 0 && known === undefined
    const found: Found = unnamed
      ? { inTheWay: 'Cloudflare does not say which account this login is for. Set CLOUDFLARE_ACCOUNT_ID.' }
      : { well: `Cloudflare, as ${email ?? 'the owner of a token'}` }
    return { accounts, found, ...(known !== undefined && { known }) }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const login = 'Run "npx wrangler login", or set CLOUDFLARE_API_TOKEN to a token that may edit Workers and Queues.'
    return { accounts: [], found: { inTheWay: `Nobody is logged in to Cloudflare. ${login}` } }
  }
}

async function chooseAccount({ ask, memory }: Guide, accounts: Who['accounts']): Promise<string> {
  const options = accounts.map(({ id, name }) => ({ value: id, label: name }))
  const chosen = await ask.choose({ message: 'Which Cloudflare account?', by: 'CLOUDFLARE_ACCOUNT_ID', options })
  memory.remember({ cloudflareAccountId: chosen })
  return chosen
}

/** wrangler asks which account, or fails, unless a variable says so. */
function onAccount(tools: Tools, accountId: string): Tools {
  const named = (command: Command): Command =>
    command.tool === 'wrangler' ? { ...command, variables: { ...command.variables, CLOUDFLARE_ACCOUNT_ID: accountId } } : command
  return {
    dry: tools.dry,
    run: (command) => tools.run(named(command)),
    read: (command, pretended) => tools.read(named(command), pretended),
  }
}
