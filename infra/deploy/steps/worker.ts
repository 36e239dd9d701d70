import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from '../terminal/context.ts'
import { withTempDir } from '../terminal/temp-dir.ts'
import { writeRegion } from '../terminal/wrangler-config.ts'
import { fingerprintEdge, toTag } from './release.ts'
import { readSecret } from './secret.ts'
import type { Outputs } from './stacks.ts'

interface EdgeKey {
  accessKeyId: string
  secretAccessKey: string
}

/**
 * Deploys the Worker together with its AWS key, so that no version is without one. Returns the Worker's
 * address.
 */
export async function deployWorker(
  context: DeployContext,
  { edgeKeySecretArn, answerVersion }: Outputs,
): Promise<string> {
  const { root, placement, wrangler, options, tools, state, output } = context
  output.step('Worker')
  if (wrangler.region !== placement.home || wrangler.placementRegion !== placement.home) {
    if (tools.dryRun) output.print(`  ~ wrangler.toml: set the region to ${placement.home}`)
    else writeRegion(root, placement.home)
    output.ok(`The region in wrangler.toml is now ${placement.home}`)
  }
  const key = await readSecret<EdgeKey>(
    tools,
    { arn: edgeKeySecretArn, region: placement.home },
    { accessKeyId: '', secretAccessKey: '' },
  )
  const secrets = {
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...(options.signingSecret !== undefined && { SLACK_SIGNING_SECRET: options.signingSecret }),
  }
  return withTempDir(async (folder) => {
    const report = join(folder, 'wrangler.ndjson')
    const tag = tools.dryRun ? '<release>' : toTag({ edge: fingerprintEdge(root), answerVersion })
    await tools.call({
      tool: 'wrangler',
      args: ['deploy', '--secrets-file', '/dev/stdin', '--tag', tag],
      input: { text: JSON.stringify(secrets), label: `JSON: ${Object.keys(secrets).join(', ')}` },
      variables: { WRANGLER_OUTPUT_FILE_PATH: report },
    })
    const url = tools.dryRun
      ? `https://${wrangler.worker}.your-subdomain.workers.dev`
      : deployedOrigin(readFileSync(report, 'utf8'))
    state.merge({ edgeUrl: url })
    output.ok(`${wrangler.worker} is at ${url}`)
    return url
  })
}

/** True if the Worker has a secret of this name. Cloudflare does not show its value. */
export async function hasSecret({ tools }: Pick<DeployContext, 'tools'>, name: string): Promise<boolean> {
  const secrets = await tools.read<{ name: string }[]>(
    { tool: 'wrangler', args: ['secret', 'list', '--format', 'json'] },
    [],
  )
  return secrets.some((secret) => secret.name === name)
}

/** wrangler writes one line of JSON for each thing that it did. */
function deployedOrigin(report: string): string {
  const lines = report.split('\n').filter((line) => line !== '')
  const targets = lines
    .map((line) => JSON.parse(line) as { type: string; targets?: string[] })
    .find(({ type }) => type === 'deploy')?.targets
  const found = targets?.map(originOf).find((origin) => origin !== undefined)
  if (found !== undefined) return found
  throw new UserError(
    'The Worker has no address. Set workers_dev = true in wrangler.toml, or give it a domain as docs/deployment.md shows.',
  )
}

/**
 * Understands `https://vera-edge.acme.workers.dev`, `vera.acme.com (custom domain)` and `vera.acme.com/*`.
 * Undefined for queues and paths.
 */
export function originOf(target: string): string | undefined {
  const [, host] =
    /^(?:https:\/\/)?([a-z\d-]+(?:\.[a-z\d-]+)+)(?:$| \(custom domain|\/\*(?: |$))/i.exec(target) ?? []
  return host && `https://${host}`
}
