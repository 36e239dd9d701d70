import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding, oneLine } from '../terminal/findings.ts'
import { CommandFailed, type Tools } from '../terminal/tools.ts'

/** One call. It is only a look, and a deployment goes on without it. */
const REQUEST_TIMEOUT_MS = 10_000

/** What Cloudflare answers where an account has no workers.dev subdomain yet. */
const NO_SUBDOMAIN_CODE = 10007

/** As `wrangler auth token --json` prints it. */
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
 * The Worker's address is below a subdomain of the account, which a new account has not chosen yet. wrangler would ask for one
 * when everything in AWS is there. It has no command that looks, so this asks the API as wrangler does.
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
    // Not what Node says of it: that may repeat the token.
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
