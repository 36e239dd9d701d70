import { fileURLToPath } from 'node:url'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { EDGE_BUNDLE } from '../infra/build.ts'

const CONFIG = fileURLToPath(new URL('../wrangler.toml', import.meta.url))

/** The Worker of wrangler.toml, running in workerd on this machine. */
export interface Edge {
  /** http://127.0.0.1:PORT */
  origin: string
  /** The lines that the Worker printed. */
  logs: readonly string[]
  close(): Promise<void>
}

export interface EdgeOptions {
  port: number
  signingSecret: string
  /** The AWS key that may invoke the function. */
  caller: { accessKeyId: string; secretAccessKey: string }
  lambdaEndpoint: string
}

/**
 * Starts the bundle that wrangler would deploy, with wrangler.toml's bindings and variables. Secrets and the
 * endpoint of Lambda come from the options.
 */
export async function startEdge({ port, signingSecret, caller, lambdaEndpoint }: EdgeOptions): Promise<Edge> {
  // Wrangler would look for the secrets in files and print a warning. They are set below.
  process.env.WRANGLER_LOG ??= 'none'
  const { unstable_getMiniflareWorkerOptions } = await import('wrangler')
  // The bundle is a single module, so rules for further modules match nothing.
  const {
    modulesRules: _,
    bindings,
    ...workerOptions
  } = unstable_getMiniflareWorkerOptions(CONFIG).workerOptions
  const logs: string[] = []
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      name: 'edge',
      host: '127.0.0.1',
      port,
      // Otherwise Miniflare downloads an example of Request.cf from Cloudflare.
      cf: false,
      modules: true,
      scriptPath: EDGE_BUNDLE,
      bindings: {
        ...(bindings as Record<string, string>),
        SLACK_SIGNING_SECRET: signingSecret,
        AWS_ACCESS_KEY_ID: caller.accessKeyId,
        AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
        LAMBDA_ENDPOINT: lambdaEndpoint,
      },
      handleStructuredLogs: ({ message }) => void logs.push(message),
    }),
  )
  const url = await miniflare.ready
  return { origin: url.origin, logs, close: () => miniflare.dispose() }
}
