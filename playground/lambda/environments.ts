import { randomBytes } from 'node:crypto'
import { cp, mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Environment, startEnvironment } from './environment.ts'
import { type AwsAccount, type LambdaFunction, PUBLISHED_VERSION } from './function.ts'
import type { Reaper } from './reaper.ts'

/** The credentials of the role that the functions run under. */
export interface Role {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
}

export interface Environments {
  /** Returns an idle environment or starts a new one. It stays busy until it is released. */
  acquire(fn: LambdaFunction): Promise<Environment>
  release(environment: Environment): void
  list(): { pid: number; functionName: string; busy: boolean }[]
  /** Kills all of them, and resolves when the last is gone. */
  close(): Promise<void>
}

/** Keeps each environment's copy of its bundle in `folder`, and tells `reaper` which processes there are. */
export function createEnvironments({
  account,
  role,
  folder,
  reaper,
}: {
  account: AwsAccount
  role: Role
  folder: string
  reaper: Reaper
}): Environments {
  /** Each environment, with the promise of its clean-up after the process is gone. */
  const all = new Map<Environment, Promise<void>>()
  const idle = new Set<Environment>()
  let closed = false
  let started = 0

  async function start(fn: LambdaFunction): Promise<Environment> {
    const directory = join(folder, `${fn.name}-${++started}`)
    await mkdir(directory)
    await cp(fn.bundle, join(directory, 'index.mjs'))
    await cp(`${fn.bundle}.map`, join(directory, `${basename(fn.bundle)}.map`)).catch(ignoreMissing)
    if (closed) throw new Error('Lambda has been closed')
    const environment = startEnvironment(fn, directory, variablesOf(fn, account, role, directory))
    reaper.watch(environment.pid)
    all.set(
      environment,
      environment.exited.then(() => cleanUp(environment, directory)),
    )
    return environment
  }

  async function cleanUp(environment: Environment, directory: string): Promise<void> {
    all.delete(environment)
    idle.delete(environment)
    reaper.forget(environment.pid)
    await rm(directory, { recursive: true, force: true })
  }

  return {
    async acquire(fn) {
      const warm = [...idle].find((environment) => environment.fn === fn && environment.usable())
      if (!warm) return start(fn)
      idle.delete(warm)
      return warm
    },
    release(environment) {
      if (environment.usable()) idle.add(environment)
    },
    list: () =>
      [...all.keys()].map((environment) => ({
        pid: environment.pid,
        functionName: environment.fn.name,
        busy: !idle.has(environment),
      })),
    async close() {
      closed = true
      for (const environment of all.keys()) environment.kill()
      await Promise.all(all.values())
    },
  }
}

/**
 * The variables that Lambda sets ("Defined runtime environment variables") and the function's own. None of
 * ours.
 */
function variablesOf(
  fn: LambdaFunction,
  { region }: AwsAccount,
  role: Role,
  directory: string,
): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
  return {
    ...fn.environment,
    _HANDLER: `index.${fn.export}`,
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: PUBLISHED_VERSION,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[${PUBLISHED_VERSION}]${randomBytes(16).toString('hex')}`,
    AWS_REGION: region,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_SESSION_TOKEN: role.sessionToken,
    LAMBDA_TASK_ROOT: directory,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    // Lambda sets ':UTC', which Node does not understand.
    TZ: 'UTC',
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
