import { ConfluenceToken, ConfluenceUser } from './given.ts'
import type { Guide } from './guide.ts'
import { createIngestion } from './ingestion.ts'
import { readSecret, writeSecret } from './secret.ts'
import type { MadeBase, Outputs } from './stacks.ts'

interface Credentials {
  username: string
  password: string
}

/** What CloudFormation writes into a new secret (infra/knowledge-source.ts). */
const UNFILLED = 'not-set'

/** The user and the token by which Confluence is read. An Atlassian token is its user's on every site, so one does for all. */
export async function fillConfluence(guide: Guide, { bases }: Outputs): Promise<void> {
  const { placement, given, tools, ask, memory, say } = guide
  const readers = bases.flatMap((base) => (base.credentialsArn === undefined ? [] : [{ ...base, arn: base.credentialsArn }]))
  if (readers.length === 0) return
  say.step('Confluence')
  const at = (arn: string) => ({ arn, region: placement.knowledge })
  const held = await Promise.all(
    readers.map(async (base) => ({
      ...base,
      credentials: await readSecret<Credentials>(tools, at(base.arn), { username: UNFILLED, password: '' }),
    })),
  )
  const wanting = given.confluenceToken === undefined ? await thatWant(guide, held) : held
  if (wanting.length > 0) {
    const names = wanting.map(({ name }) => name).join(', ')
    const username =
      given.confluenceUser ??
      (await ask.text({
        message: `Whose mail address reads Confluence for ${names}? All that this user can read is searched for everybody.`,
        by: '--confluence-user',
        known: memory.recall().confluenceUser,
        schema: ConfluenceUser,
      }))
    memory.remember({ confluenceUser: username })
    const password =
      given.confluenceToken ??
      (await ask.secret({
        message: 'Their API token, from https://id.atlassian.com/manage-profile/security/api-tokens',
        by: 'CONFLUENCE_API_TOKEN',
        schema: ConfluenceToken,
      }))
    for (const { arn, credentials } of wanting) {
      if (credentials.username === username && credentials.password === password) continue
      await writeSecret(tools, at(arn), { username, password })
    }
  }
  say.done(`The user and the token are in ${readers.length === 1 ? 'their secret' : 'their secrets'}`)
}

/** Those whose secret was never filled, and those whose last reading failed: what is in it may be wrong. */
async function thatWant({ tools, placement }: Guide, held: (MadeBase & { arn: string; credentials: Credentials })[]) {
  const ingestion = createIngestion(tools, placement.knowledge)
  const wants = await Promise.all(
    held.map(async (base) => base.credentials.username === UNFILLED || (await ingestion.latest(base))?.status === 'FAILED'),
  )
  return held.filter((_, index) => wants[index])
}
