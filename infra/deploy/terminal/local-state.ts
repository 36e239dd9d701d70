import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../../settings/user-error.ts'

/** Git ignores this file. It holds names and addresses, no secrets. Without it the commands ask again. */
const FILE = '.vera.json'

const StoredState = v.strictObject({
  cloudflareAccountId: v.optional(v.string()),
  confluenceUser: v.optional(v.string()),
  /** `new` until the app is connected and its id is known. */
  slackApp: v.optional(v.string()),
  /**
   * An unfinished move to this app (or `new`): the Worker may already have its signing secret, while the
   * Slack secret does not have its token yet.
   */
  movesTo: v.optional(v.string()),
  /** A fingerprint of the manifest by which the app in Slack was last created or changed. */
  manifest: v.optional(v.string()),
  edgeUrl: v.optional(v.string()),
})
type StoredState = v.InferOutput<typeof StoredState>

/** Answers and facts from earlier runs. */
export interface LocalState {
  read(): StoredState
  merge(more: StoredState): void
}

/** A dry run writes nothing. */
export function openLocalState(root: string, dryRun: boolean): LocalState {
  const path = join(root, FILE)
  const read = (): StoredState => {
    const text = readIfExists(path)
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), StoredState), text ?? '{}')
    if (!read.success)
      throw new UserError(
        `${FILE} is not as this program wrote it. Remove it; the command then asks again for what it needs.`,
      )
    return read.output
  }
  return {
    read,
    merge(more) {
      if (dryRun) return
      writeFileSync(`${path}.new`, `${JSON.stringify({ ...read(), ...more }, null, 2)}\n`)
      renameSync(`${path}.new`, path)
    },
  }
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
