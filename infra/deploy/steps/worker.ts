import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ToMend } from '../../settings/user-error.ts'
import type { Guide } from '../terminal/context.ts'
import { inOwnFolder } from '../terminal/temp-dir.ts'
import { writeRegion } from '../terminal/wrangler-config.ts'
import { fingerprintEdge, toTag } from './release.ts'
import { readSecret } from './secret.ts'
import type { Outputs } from './stacks.ts'

interface EdgeKey {
  accessKeyId: string
  secretAccessKey: string
}

/** Deploys the Worker together with its AWS key, so that there is no version without one. Gives its address. */
export async function deployWorker(
  guide: Guide,
  { edgeKeySecretArn, answerVersion }: Outputs,
  root: string,
): Promise<string> {
  const { placement, wrangler, given, tools, memory, say } = guide
  say.step('Worker')
  if (wrangler.region !== placement.home || wrangler.placement !== placement.home) {
    if (tools.dry) say.line(`  ~ wrangler.toml: the region becomes ${placement.home}`)
    else writeRegion(root, placement.home)
    say.done(`wrangler.toml: the region is ${placement.home}`)
  }
  const key = await readSecret<EdgeKey>(
    tools,
    { arn: edgeKeySecretArn, region: placement.home },
    { accessKeyId: '', secretAccessKey: '' },
  )
  const secrets = {
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...(given.signingSecret !== undefined && { SLACK_SIGNING_SECRET: given.signingSecret }),
  }
  return inOwnFolder(async (folder) => {
    const report = join(folder, 'wrangler.ndjson')
    const tag = tools.dry ? '<release>' : toTag({ edge: fingerprintEdge(root), answerVersion })
    await tools.call({
      tool: 'wrangler',
      args: ['deploy', '--secrets-file', '/dev/stdin', '--tag', tag],
      input: { text: JSON.stringify(secrets), is: `JSON: ${Object.keys(secrets).join(', ')}` },
      variables: { WRANGLER_OUTPUT_FILE_PATH: report },
    })
    const url = tools.dry
      ? `https://${wrangler.worker}.your-subdomain.workers.dev`
      : addressIn(readFileSync(report, 'utf8'))
    memory.remember({ edgeUrl: url })
    say.done(`${wrangler.worker} is at ${url}`)
    return url
  })
}

/** Whether the Worker has a secret. Cloudflare does not say which. */
export async function hasSecret({ tools }: Pick<Guide, 'tools'>, name: string): Promise<boolean> {
  const secrets = await tools.read<{ name: string }[]>(
    { tool: 'wrangler', args: ['secret', 'list', '--format', 'json'] },
    [],
  )
  return secrets.some((secret) => secret.name === name)
}

/** wrangler writes a line of JSON for each thing that it did. */
function addressIn(report: string): string {
  const lines = report.split('\n').filter((line) => line !== '')
  const targets = lines
    .map((line) => JSON.parse(line) as { type: string; targets?: string[] })
    .find(({ type }) => type === 'deploy')?.targets
  const found = targets?.map(originOf).find((origin) => origin !== undefined)
  if (found !== undefined) return found
  throw new ToMend(
    'The Worker has no address. Leave workers_dev = true in wrangler.toml, or give it a domain as docs/deployment.md shows.',
  )
}

/** Of `https://vera-edge.acme.workers.dev`, `vera.acme.com (custom domain)` and `vera.acme.com/*`; of queues and paths none. */
export function originOf(target: string): string | undefined {
  const [, host] =
    /^(?:https:\/\/)?([a-z\d-]+(?:\.[a-z\d-]+)+)(?:$| \(custom domain|\/\*(?: |$))/i.exec(target) ?? []
  return host && `https://${host}`
}
