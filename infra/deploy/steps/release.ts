import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint } from '../../settings/fingerprint.ts'

/**
 * What both tiers are made from, as the tag of a Worker's version: a fingerprint of the Worker, and the version of the
 * Lambda that it was deployed with. So one tier tells which release of the other belongs to it, on any machine.
 */
export interface Release {
  edge: string
  answerVersion: string
}

const TAG = /^([0-9a-f]{12})\.(\d+)$/

export function toTag({ edge, answerVersion }: Release): string {
  return `${edge}.${answerVersion}`
}

/** Undefined for a version that was not made by a deployment, such as one for a changed secret. */
export function readTag(tag: string | undefined): Release | undefined {
  const [, edge, answerVersion] = TAG.exec(tag ?? '') ?? []
  return edge === undefined || answerVersion === undefined ? undefined : { edge, answerVersion }
}

/** Of the bundle that `cdk deploy` has just made beside its own, and of what wrangler adds to it. */
export function fingerprintEdge(root: string): string {
  return fingerprint(
    ['dist/edge/worker.js', 'wrangler.toml'].map((file) => readFileSync(join(root, file), 'utf8')),
  )
}
