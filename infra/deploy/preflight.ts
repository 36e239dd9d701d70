import { manifestOf } from '../slack-manifest.ts'
import { type Found, report } from './checks.ts'
import type { Guide } from './guide.ts'
import { type LoggedIn, logIn } from './log-in.ts'
import { checkBootstrap, checkConcurrency, type Room } from './preflight-aws.ts'
import { checkModels, checkVectors } from './preflight-bedrock.ts'
import { ToMend } from './to-mend.ts'
import { CommandFailed } from './tools.ts'

/** What the rest of a deployment goes on with. */
export type Ready = LoggedIn & { room: Room }

/** Looks at everything that could stop a deployment half-way. Nothing is made here. */
export async function preflight(guide: Guide): Promise<Ready> {
  guide.say.step('Preflight')
  report(guide, checkConfiguration(guide))
  const logged = await logIn(guide)
  const looking = { ...guide, tools: logged.tools }
  const [room, ...found] = await Promise.all([
    checkConcurrency(looking),
    checkBootstrap(looking),
    checkModels(looking),
    checkVectors(looking),
    checkQueues(looking),
  ])
  report(guide, [...found.flat(), room.found])
  return { ...logged, room }
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

async function checkQueues({ tools }: Guide): Promise<Found[]> {
  try {
    await tools.run({ tool: 'wrangler', args: ['queues', 'list'] })
    return [{ well: 'Cloudflare Queues can be used' }]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const said = error.said.trim().replaceAll(/\s+/g, ' ')
    return [{ inTheWay: `Cloudflare Queues cannot be used: switch them on in the dashboard, or give the token "Queues: Edit". ${said}` }]
  }
}
