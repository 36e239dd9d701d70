import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { LambdaFunction } from './function.ts'

const RUNTIME = fileURLToPath(new URL('./runtime.ts', import.meta.url))

export interface EnvironmentProcess {
  child: ChildProcess
  pid: number
  stdout: Readable
  stderr: Readable
}

/**
 * Starts Lambda's runtime in `directory`, with `variables` as its whole environment. Throws if that is
 * impossible.
 */
export function spawnEnvironment(
  fn: LambdaFunction,
  directory: string,
  variables: Record<string, string>,
): EnvironmentProcess {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', `--max-old-space-size=${fn.memoryMb}`, RUNTIME],
    {
      cwd: directory,
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Puts the process into a group of its own: Ctrl-C in the terminal does not reach it, and whatever it
      // starts can be stopped with it.
      detached: true,
    },
  )
  child.on('error', () => {})
  const { pid, stdout, stderr } = child
  if (pid === undefined || !stdout || !stderr)
    throw new Error(`The process for ${fn.name} could not be started`)
  return { child, pid, stdout, stderr }
}
