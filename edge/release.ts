import type { Bindings } from './bindings.ts'

/** Half of a release's hash tells thousands of releases apart. */
const NAME_BYTES = 6

/** One entry per isolate: it runs one version. */
const names = new Map<string, Promise<string>>()

/**
 * The public name of the release: a short hash of the version's id, or "unknown". Not the id itself: Cloudflare
 * builds a version's preview address from it, and an old version keeps its old signing secret. Must work even if
 * nothing else is configured. https://developers.cloudflare.com/workers/configuration/previews
 */
export async function releaseName({ RELEASE }: Partial<Bindings>): Promise<string> {
  if (!RELEASE) return 'unknown'
  const name = names.get(RELEASE.id) ?? hash(RELEASE.id)
  names.set(RELEASE.id, name)
  return name
}

async function hash(id: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(id))
  return Array.from(new Uint8Array(digest, 0, NAME_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
}
