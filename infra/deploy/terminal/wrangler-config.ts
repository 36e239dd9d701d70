import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../settings/user-error.ts'

/** What of wrangler.toml a deployment reads; the same file stays the only one that wrangler reads. */
export interface WranglerConfig {
  worker: string
  /** Of these the Worker is a consumer. */
  consumedQueues: string[]
  /** All, in the order in which they are to be made: a queue's dead-letter queue after it. */
  queues: string[]
  region: string
  placementRegion: string
  /** Whether its address is below workers.dev. */
  workersDev: boolean
}

const REGION = /^(AWS_REGION = ")([^"]*)(")$/m
const PLACEMENT = /^(region = "aws:)([^"]*)(")$/m

export function readWranglerConfig(root: string): WranglerConfig {
  const text = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const only = (what: string, pattern: RegExp): string => {
    const found = pattern.exec(text)?.[2]
    if (found === undefined)
      throw new UserError(`wrangler.toml has no line ${what}. Restore it from git: the deployment reads it.`)
    return found
  }
  const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? [])
  const consumedQueues = [
    ...text.matchAll(/^\[\[queues\.consumers\]\]\n(?:(?!\[).*\n)*?queue = "([^"]+)"/gm),
  ].flatMap(([, name]) => name ?? [])
  return {
    worker: only('name = "…"', /^(name = ")([^"]+)"$/m),
    consumedQueues,
    queues: [...new Set([...all(/^queue = "([^"]+)"$/gm), ...all(/^dead_letter_queue = "([^"]+)"$/gm)])],
    region: only('AWS_REGION = "…"', REGION),
    placementRegion: only('region = "aws:…" under [placement]', PLACEMENT),
    workersDev: !/^workers_dev = false$/m.test(text),
  }
}

/** The only thing that a deployment writes there: where the Lambda is, for the Worker's calls and for its place. */
export function writeRegion(root: string, region: string): void {
  const path = join(root, 'wrangler.toml')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(REGION, `$1${region}$3`).replace(PLACEMENT, `$1${region}$3`))
}
