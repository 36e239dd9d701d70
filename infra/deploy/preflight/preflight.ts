import { manifestOf } from '../../settings/slack-manifest.ts'
import { ToMend } from '../../settings/user-error.ts'
import type { Guide } from '../terminal/context.ts'
import { type Found, report } from '../terminal/findings.ts'
import { checkBootstrap, checkConcurrency, type Room } from './aws.ts'
import { checkModels, checkVectors } from './bedrock.ts'
import { checkQueues, checkSubdomain } from './cloudflare.ts'
import { checkExisting } from './existing.ts'
import { type Account, type LoggedIn, loggedIn, logInToAws, logInToCloudflare, onAccount } from './log-in.ts'

/** What the rest of a deployment goes on with. */
export type Ready = LoggedIn & { reserve: boolean }

/** Looks at everything that could stop a deployment half-way, and says all of it at once. Nothing is made here. */
export async function preflight(guide: Guide, cloudflareUrl: string): Promise<Ready> {
  guide.say.step('Preflight')
  const [aws, cloudflare] = await Promise.all([lookAtAws(guide), lookAtCloudflare(guide, cloudflareUrl)])
  report(guide, [...checkConfiguration(guide), ...aws.found, ...cloudflare.found])
  return { ...loggedIn(guide, aws.account, cloudflare.account), reserve: aws.room?.reserve ?? true }
}

/** Without any account. */
function checkConfiguration({ sections }: Guide): Found[] {
  const invented = sections.knowledge.bases.flatMap((base) =>
    base.source === 'confluence' && new URL(base.site).hostname.endsWith('.example') ? [base] : [],
  )
  const found: Found[] = invented.map(({ name, site }) => ({
    inTheWay: `assistant.config.ts: the site of the knowledge base "${name}" is ${site}, an address that cannot exist. Put your own there.`,
  }))
  try {
    manifestOf(sections, 'https://not-known-yet.example')
  } catch (error) {
    if (!(error instanceof ToMend)) throw error
    found.push({ inTheWay: error.message })
  }
  return found.length > 0 ? found : [{ well: 'assistant.config.ts fits its schema, its regions and Slack' }]
}

async function lookAtAws(guide: Guide): Promise<{ account?: string; room?: Room; found: Found[] }> {
  const { account, found } = await logInToAws(guide)
  if (account === undefined) return { found: [found] }
  const [room, ...more] = await Promise.all([
    checkConcurrency(guide),
    checkBootstrap(guide),
    checkModels(guide),
    checkVectors(guide),
    checkExisting(guide),
  ])
  return { account, room, found: [found, ...more.flat(), room.found] }
}

async function lookAtCloudflare(
  guide: Guide,
  apiUrl: string,
): Promise<{ account?: Account; found: Found[] }> {
  const { account, found } = await logInToCloudflare(guide)
  if (account === undefined) return { found: [found] }
  const there = { ...guide, tools: onAccount(guide.tools, account.id) }
  const [queues, subdomain] = await Promise.all([
    checkQueues(there),
    checkSubdomain(there, account.id, apiUrl),
  ])
  return { account, found: [found, queues, ...subdomain] }
}
