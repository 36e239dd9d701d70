import { ConfluenceToken, ConfluenceUser } from '../terminal/cli-options.ts'
import type { Guide } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'
import { createIngestion, whyFailed } from './ingestion.ts'
import { readSecret, writeSecret } from './secret.ts'
import type { MadeBase, Outputs } from './stacks.ts'

interface Credentials {
  username: string
  password: string
}

type Reader = MadeBase & { arn: string; credentials: Credentials }

/** What CloudFormation writes into a new secret (infra/constructs/knowledge-source.ts). */
const UNFILLED = 'not-set'

/**
 * The user and the token by which Confluence is read. An Atlassian token is its user's on every site, so one does for all.
 * Gives the names of the bases whose secret was changed.
 */
export async function fillConfluence(guide: Guide, { bases }: Outputs): Promise<Set<string>> {
  const { placement, tools, memory, say } = guide
  const readers = bases.flatMap((base) =>
    base.credentialsArn === undefined ? [] : [{ ...base, arn: base.credentialsArn }],
  )
  if (readers.length === 0) return new Set()
  say.step('Confluence')
  const at = (arn: string) => ({ arn, region: placement.knowledge })
  const pretended: Credentials = { username: UNFILLED, password: '' }
  const held: Reader[] = await Promise.all(
    readers.map(async (base) => ({ ...base, credentials: await readSecret(tools, at(base.arn), pretended) })),
  )
  const wanting = await thatWant(guide, held)
  const credentials =
    wanting.length > 0 ? await credentialsFor(guide, wanting, held.find(isFilled)?.credentials) : pretended
  const renewed = wanting.filter((base) => !isSame(base.credentials, credentials))
  for (const { arn } of renewed) await writeSecret(tools, at(arn), { ...credentials })
  if (wanting.length > 0) memory.remember({ confluenceUser: credentials.username })
  say.done(`The user and the token are in ${readers.length === 1 ? 'their secret' : 'their secrets'}`)
  return new Set(renewed.map(({ name }) => name))
}

function isFilled({ credentials }: Reader): boolean {
  return credentials.username !== UNFILLED
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.username === other.username && one.password === other.password
}

/**
 * All where a token is given. Otherwise those that were never filled, those of another user than the one that is given, and,
 * where somebody can say so, those whose last reading failed: what is in the secret may be wrong.
 */
async function thatWant(guide: Guide, held: Reader[]): Promise<Reader[]> {
  const { confluenceUser, confluenceToken } = guide.given
  if (confluenceToken !== undefined) return held
  const wants: Reader[] = []
  for (const base of held) {
    const isOther = confluenceUser !== undefined && base.credentials.username !== confluenceUser
    if (!isFilled(base) || isOther || (guide.ask.present && (await isToBeRenewed(guide, base))))
      wants.push(base)
  }
  return wants
}

async function isToBeRenewed(guide: Guide, base: Reader): Promise<boolean> {
  const why = await whyUnread(guide, base)
  if (why === undefined) return false
  const chosen = await guide.ask.choose({
    message: `The last reading of ${base.name} failed: ${why}`,
    by: 'CONFLUENCE_API_TOKEN',
    options: [
      { value: 'other', label: `Read it by another user or token than ${base.credentials.username} has` },
      { value: 'same', label: 'Read it again by the same' },
    ],
  })
  return chosen === 'other'
}

/** Undefined where the last reading did not fail, or where that cannot be found out: the step that reads says so. */
async function whyUnread({ tools, placement }: Guide, base: Reader): Promise<string | undefined> {
  const ingestion = createIngestion(tools, placement.knowledge)
  try {
    const latest = await ingestion.latest(base)
    return latest?.status === 'FAILED' ? whyFailed(await ingestion.look(base, latest)) : undefined
  } catch (error) {
    if (error instanceof CommandFailed) return undefined
    throw error
  }
}

/** `known` are those of another base, if there is one. */
async function credentialsFor(
  guide: Guide,
  wanting: Reader[],
  known: Credentials | undefined,
): Promise<Credentials> {
  const { given, ask, memory } = guide
  // A base that is new beside others is read as they are.
  const isMeant =
    given.confluenceToken === undefined && (given.confluenceUser ?? known?.username) === known?.username
  if (known && isMeant && !wanting.some(isFilled))
    return { username: known.username, password: known.password }
  const names = wanting.map(({ name }) => name).join(', ')
  const username =
    given.confluenceUser ??
    (await ask.text({
      message: `Whose mail address reads Confluence for ${names}? All that this user can read is searched for everybody.`,
      by: '--confluence-user',
      known: known?.username ?? memory.recall().confluenceUser,
      schema: ConfluenceUser,
    }))
  const password =
    given.confluenceToken ??
    (await ask.secret({
      message: 'Their API token, from https://id.atlassian.com/manage-profile/security/api-tokens',
      by: 'CONFLUENCE_API_TOKEN',
      schema: ConfluenceToken,
    }))
  return { username, password }
}
