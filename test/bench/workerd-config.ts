import { fileURLToPath } from 'node:url'
import { identity } from '../../playground/slack/identity.ts'

const WRANGLER_CONFIG = fileURLToPath(new URL('../../wrangler.toml', import.meta.url))

/** The fields of wrangler's result that we use. Its type declares fewer than it has. */
interface WorkerOptions {
  compatibilityDate: string
  versionMetadata: string
  queueProducers: Record<string, unknown>
  bindings: Record<string, unknown>
}

/** The key with which the Workers sign. */
export const CALLER = {
  accessKeyId: 'AKIAFAKEEDGE',
  secretAccessKey: 'fake-edge-secret',
  region: 'us-east-1',
} as const

/**
 * A configuration file for workerd, with the variables and bindings of wrangler.toml. Every Worker gets all
 * of them, even if it does not read them.
 */
export async function config({
  lambdaEndpoint,
  loadLate,
}: {
  lambdaEndpoint: string
  loadLate: boolean
}): Promise<string> {
  // Wrangler would warn that it finds no secrets in files. They are set below.
  process.env.WRANGLER_LOG ??= 'none'
  const { unstable_getMiniflareWorkerOptions } = await import('wrangler')
  const workerOptions: unknown = unstable_getMiniflareWorkerOptions(WRANGLER_CONFIG).workerOptions
  const {
    compatibilityDate,
    versionMetadata,
    queueProducers,
    bindings: variables,
  } = workerOptions as WorkerOptions
  const values: Record<string, unknown> = {
    ...variables,
    [versionMetadata]: { id: '00000000-0000-4000-8000-000000000000', tag: '', timestamp: '' },
    SLACK_SIGNING_SECRET: identity.signingSecret,
    AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
    LAMBDA_ENDPOINT: lambdaEndpoint,
  }
  // No handoff reaches the queue: this Lambda accepts everything.
  const queues = Object.keys(queueProducers).map((name) => `(name = ${quoted(name)}, queue = "nowhere")`)
  const bindings = Object.entries(values).map(
    ([name, value]) => `(name = ${quoted(name)}, ${variable(value)})`,
  )
  const direct = `
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    bindings = [${[...bindings, ...queues].join(', ')}],`
  const late = `
    modules = [(name = "host.js", esModule = ${quoted(host(compatibilityDate, values))})],
    bindings = [(name = "LOADER", workerLoader = ()), (name = "SCRIPT", text = embed "worker.js"), (name = "HANDOFFS", service = "nowhere")],`
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "nowhere", worker = (compatibilityDate = ${quoted(compatibilityDate)}, serviceWorkerScript = "addEventListener('fetch', () => {})")),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  compatibilityDate = ${quoted(compatibilityDate)},${loadLate ? late : direct}
);
`
}

/** A Worker that loads another one. The first request compiles and starts it. */
function host(compatibilityDate: string, values: Record<string, unknown>): string {
  return `export default {
    fetch(request, env) {
      const code = () => ({
        compatibilityDate: ${JSON.stringify(compatibilityDate)},
        mainModule: 'worker.js',
        modules: { 'worker.js': env.SCRIPT },
        env: { ...${JSON.stringify(values)}, HANDOFFS: env.HANDOFFS },
      })
      return env.LOADER.get('late', code).getEntrypoint().fetch(request)
    },
  }`
}

function variable(value: unknown): string {
  return typeof value === 'string' ? `text = ${quoted(value)}` : `json = ${quoted(JSON.stringify(value))}`
}

/** Cap'n Proto writes strings like JSON, as long as they are ASCII. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
