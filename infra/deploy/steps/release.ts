import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint } from '../../settings/fingerprint.ts'

/**
 * Identifies what both tiers were deployed from. It is stored as the tag of the Worker's version, so that any
 * machine can tell which version of the Lambda function belongs to which version of the Worker.
 */
export interface Release {
  edge: string
  answerVersion: string
}

const TAG = /^([0-9a-f]{12})\.(\d+)$/

export function toTag({ edge, answerVersion }: Release): string {
  return `${edge}.${answerVersion}`
}

/** Undefined if no deployment made the version, for example if a secret was changed. */
export function readTag(tag: string | undefined): Release | undefined {
  const [, edge, answerVersion] = TAG.exec(tag ?? '') ?? []
  return edge === undefined || answerVersion === undefined ? undefined : { edge, answerVersion }
}

/** Covers the bundle, which `cdk deploy` has just written, and the settings that wrangler adds to it. */
export function fingerprintEdge(root: string): string {
  return fingerprint(
    ['dist/edge/worker.js', 'wrangler.toml'].map((file) => readFileSync(join(root, file), 'utf8')),
  )
}
