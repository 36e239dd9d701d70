import { UserError } from '../../settings/user-error.ts'
import { type Release, readTag, toTag } from './release.ts'

/** A version of the Worker in the output of `wrangler versions list --json`. */
export interface WorkerVersion {
  id: string
  metadata: { created_on: string }
  annotations?: { 'workers/tag'?: string; 'workers/triggered_by'?: string }
}

/** The release before the live one, with the version of the Worker that belongs to it. */
export interface EarlierRelease {
  release: Release
  versionId: string
  /** When this version was deployed. */
  createdOn: string
}

/** The release of the live version. Throws UserError. */
export function releaseOf(listed: readonly WorkerVersion[], liveId: string): Release {
  const versions = oldestFirst(listed)
  const release = releaseAt(versions, indexOf(versions, liveId))
  if (!release)
    throw new UserError(
      'The live version of the Worker was not deployed by "npm run deploy". Choose a version with "npx wrangler rollback".',
    )
  return release
}

/**
 * Finds the release before the live one. A release can have several versions, because each changed secret
 * makes another version with the same code. Takes the last version of the earlier release: it has the latest
 * secrets of that release. Throws UserError.
 */
export function findEarlierRelease(listed: readonly WorkerVersion[], liveId: string): EarlierRelease {
  const live = releaseOf(listed, liveId)
  const versions = oldestFirst(listed)
  const at = indexOf(versions, liveId)
  const to = versions.findLastIndex(
    (_, index) => index < at && isOtherRelease(releaseAt(versions, index), live),
  )
  const release = releaseAt(versions, to)
  const version = versions[to]
  if (!release || !version) {
    throw new UserError(
      "There is no earlier release among the Worker's last ten versions. Check out an older commit and deploy that.",
    )
  }
  if (versions.some((later, index) => index > to && isSecretChange(later)))
    throw new UserError(secretChangedMessage('A secret of the Worker'))
  return { release, versionId: version.id, createdOn: version.metadata.created_on }
}

export function secretChangedMessage(what: string): string {
  return (
    `${what} was changed after the earlier release. Going back would restore the old one, and no question would be answered. ` +
    "Check out the commit of that release and deploy it instead: that keeps today's secrets."
  )
}

function oldestFirst(listed: readonly WorkerVersion[]): WorkerVersion[] {
  return listed.toSorted((a, b) => a.metadata.created_on.localeCompare(b.metadata.created_on))
}

function indexOf(versions: readonly WorkerVersion[], id: string): number {
  return versions.findIndex((version) => version.id === id)
}

function releaseAt(versions: readonly WorkerVersion[], at: number): Release | undefined {
  const tagged = versions
    .slice(0, at + 1)
    .findLast(({ annotations }) => readTag(annotations?.['workers/tag']))
  return readTag(tagged?.annotations?.['workers/tag'])
}

function isOtherRelease(release: Release | undefined, live: Release): boolean {
  return release !== undefined && toTag(release) !== toTag(live)
}

function isSecretChange({ annotations }: WorkerVersion): boolean {
  return (
    annotations?.['workers/triggered_by'] === 'secret' || readTag(annotations?.['workers/tag']) === undefined
  )
}
