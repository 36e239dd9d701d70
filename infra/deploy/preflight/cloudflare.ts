import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding, oneLine } from '../terminal/findings.ts'
import { CommandFailed, type Tools } from '../terminal/tools.ts'

/** Timeout of one call. If it fails, the deployment goes on without an answer. */
const REQUEST_TIMEOUT_MS = 10_000

/** Cloudflare's error code for an account that has no workers.dev subdomain yet. */
const NO_SUBDOMAIN_CODE = 10007

/** The output of `wrangler auth token --json`. */
type Credentials = { token: string } | { key: string; email: string }

interface Answer {
  result?: { subdomain?: string } | null
  errors?: { code: number; message: string }[]
}

export async function checkQueues({ tools }: Pick<DeployContext, 'tools'>): Promise<Finding> {
  try {
    await tools.call({ tool: 'wrangler', args: ['queues', 'list'] })
    return { kind: 'ok', message: 'Cloudflare Queues can be used' }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const hint = 'Enable them in the dashboard, or give the API token the permission "Queues: Edit".'
    return {
      kind: 'error',
      message: `Cloudflare Queues cannot be used. ${hint} The answer was: ${oneLine(error)}`,
    }
  }
}

/**
 * The Worker's address is below a subdomain that a new account has not chosen yet. wrangler would ask for one
 * only after everything in AWS is deployed, and it has no command that checks. So we call the API as wrangler
 * does.
 */
export async function checkSubdomain(context: DeployContext, accountId: string): Promise<Finding[]> {
  const { tools, wrangler, output, endpoints } = context
  if (!wrangler.workersDev) return []
  const what = 'whether this Cloudflare account has a workers.dev subdomain'
  const url = `${endpoints.cloudflare}/accounts/${accountId}/workers/subdomain`
  try {
    const headers = headersOf(await readCredentials(tools))
    if (tools.dryRun) {
      output.print(`  $ GET ${url}`)
      return []
    }
    const response = await fetch(url, {
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const { result, errors = [] } = (await response.json()) as Answer
    if (result?.subdomain)
      return [
        {
          kind: 'ok',
          message: `The Worker's address is https://${wrangler.worker}.${result.subdomain}.workers.dev`,
        },
      ]
    if (!response.ok && !errors.some(({ code }) => code === NO_SUBDOMAIN_CODE)) {
      return [
        {
          kind: 'warning',
          message: `Could not determine ${what}. The answer was: ${errors[0]?.message ?? `status ${response.status}`}`,
        },
      ]
    }
    const choose = `Choose one at https://dash.cloudflare.com/${accountId}/workers/onboarding`
    const orDomain = 'or give the Worker a domain of your own in wrangler.toml, as docs/deployment.md shows'
    return [
      {
        kind: 'error',
        message: `This Cloudflare account has no workers.dev subdomain yet, so the Worker would have no address. ${choose}, ${orDomain}.`,
      },
    ]
  } catch (error) {
    if (error instanceof CommandFailed) return [{ kind: 'warning', message: checkFailed(what, error) }]
    // Do not print Node's error: it can contain the token.
    return [{ kind: 'warning', message: `Could not determine ${what}: ${new URL(url).host} did not answer.` }]
  }
}

async function readCredentials(tools: Tools): Promise<Credentials> {
  return tools.read<Credentials>({ tool: 'wrangler', args: ['auth', 'token', '--json'] }, { token: '' })
}

function headersOf(credentials: Credentials): Record<string, string> {
  return 'token' in credentials
    ? { authorization: `Bearer ${credentials.token}` }
    : { 'x-auth-key': credentials.key, 'x-auth-email': credentials.email }
}
