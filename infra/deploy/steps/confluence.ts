import { NOT_SET } from '../../settings/secret-placeholder.ts'
import { ConfluenceToken, ConfluenceUser } from '../terminal/cli-options.ts'
import type { DeployContext } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'
import { createIngestion, failureReason } from './ingestion.ts'
import { readSecret, writeSecret } from './secret.ts'
import type { DeployedBase, Outputs } from './stacks.ts'

interface Credentials {
  username: string
  password: string
}

type ConfluenceBase = DeployedBase & { arn: string; credentials: Credentials }

/**
 * Writes the Confluence user and token into the secrets of the bases that need them. An Atlassian token works
 * on every site of its user, so one pair serves all bases. Returns the names of the bases whose secret has
 * changed.
 */
export async function writeConfluenceCredentials(
  context: DeployContext,
  { bases }: Outputs,
): Promise<Set<string>> {
  const { placement, tools, state, output } = context
  const confluenceBases = bases.flatMap((base) =>
    base.credentialsArn === undefined ? [] : [{ ...base, arn: base.credentialsArn }],
  )
  if (confluenceBases.length === 0) return new Set()
  output.step('Confluence')
  const at = (arn: string) => ({ arn, region: placement.knowledge })
  const dryRunValue: Credentials = { username: NOT_SET, password: '' }
  const stored: ConfluenceBase[] = await Promise.all(
    confluenceBases.map(async (base) => ({
      ...base,
      credentials: await readSecret(tools, at(base.arn), dryRunValue),
    })),
  )
  const toUpdate = await basesToUpdate(context, stored)
  const credentials =
    toUpdate.length > 0
      ? await credentialsFor(context, toUpdate, stored.find(isFilled)?.credentials)
      : dryRunValue
  const changed = toUpdate.filter((base) => !isSame(base.credentials, credentials))
  for (const { arn } of changed) await writeSecret(tools, at(arn), { ...credentials })
  if (toUpdate.length > 0) state.merge({ confluenceUser: credentials.username })
  output.ok(
    `The Confluence user and token are stored in ${confluenceBases.length === 1 ? 'their secret' : 'their secrets'}`,
  )
  return new Set(changed.map(({ name }) => name))
}

function isFilled({ credentials }: ConfluenceBase): boolean {
  return credentials.username !== NOT_SET
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.username === other.username && one.password === other.password
}

/**
 * All bases if a token is given. Otherwise the bases whose secret was never filled, those with another user
 * than the one given, and, in a terminal, those whose last ingestion failed, because their secret may be
 * wrong.
 */
async function basesToUpdate(context: DeployContext, stored: ConfluenceBase[]): Promise<ConfluenceBase[]> {
  const { confluenceUser, confluenceToken } = context.options
  if (confluenceToken !== undefined) return stored
  const bases: ConfluenceBase[] = []
  for (const base of stored) {
    const isOther = confluenceUser !== undefined && base.credentials.username !== confluenceUser
    if (
      !isFilled(base) ||
      isOther ||
      (context.prompts.interactive && (await wantsOtherCredentials(context, base)))
    )
      bases.push(base)
  }
  return bases
}

async function wantsOtherCredentials(context: DeployContext, base: ConfluenceBase): Promise<boolean> {
  const reason = await lastFailureReason(context, base)
  if (reason === undefined) return false
  const chosen = await context.prompts.choose({
    message: `The last ingestion of ${base.name} failed: ${reason}`,
    setBy: 'CONFLUENCE_API_TOKEN',
    options: [
      { value: 'other', label: `Change the user or the token (now ${base.credentials.username})` },
      { value: 'same', label: 'Keep both and try again' },
    ],
  })
  return chosen === 'other'
}

/**
 * Undefined if the last ingestion did not fail, or if Bedrock does not answer: the step after this one
 * reports that.
 */
async function lastFailureReason(
  { tools, placement }: DeployContext,
  base: ConfluenceBase,
): Promise<string | undefined> {
  const ingestion = createIngestion(tools, placement.knowledge)
  try {
    const latest = await ingestion.latest(base)
    return latest?.status === 'FAILED' ? failureReason(await ingestion.get(base, latest)) : undefined
  } catch (error) {
    if (error instanceof CommandFailed) return undefined
    throw error
  }
}

/** `known` are the credentials of another base, if there is one. */
async function credentialsFor(
  context: DeployContext,
  toUpdate: ConfluenceBase[],
  known: Credentials | undefined,
): Promise<Credentials> {
  const { options, prompts, state } = context
  // A base that is added later gets the credentials of the others.
  const takesKnown =
    options.confluenceToken === undefined && (options.confluenceUser ?? known?.username) === known?.username
  if (known && takesKnown && !toUpdate.some(isFilled))
    return { username: known.username, password: known.password }
  const names = toUpdate.map(({ name }) => name).join(', ')
  const username =
    options.confluenceUser ??
    (await prompts.text({
      message: `Mail address of the Confluence user for ${names}. Everyone who may ask finds all that this user can read:`,
      setBy: '--confluence-user',
      initial: known?.username ?? state.read().confluenceUser,
      schema: ConfluenceUser,
    }))
  const password =
    options.confluenceToken ??
    (await prompts.secret({
      message: 'API token of this user, from https://id.atlassian.com/manage-profile/security/api-tokens',
      setBy: 'CONFLUENCE_API_TOKEN',
      schema: ConfluenceToken,
    }))
  return { username, password }
}
