import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../settings/user-error.ts'

/** The parts of wrangler.toml that a deployment reads. wrangler reads the same file. */
export interface WranglerConfig {
  worker: string
  /** The queues that the Worker consumes. */
  consumedQueues: string[]
  /** All queues, in the order of their creation: each dead-letter queue comes after its queue. */
  queues: string[]
  region: string
  placementRegion: string
  /** The Worker has an address below workers.dev. */
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

/**
 * Writes the region of the Lambda function, which the Worker calls and near which it runs. A deployment
 * writes nothing else there.
 */
export function writeRegion(root: string, region: string): void {
  const path = join(root, 'wrangler.toml')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(REGION, `$1${region}$3`).replace(PLACEMENT, `$1${region}$3`))
}
