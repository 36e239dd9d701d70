import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Runs a command as a person would, without npm's own banner. */
export function npm(...args: string[]): {
  child: ChildProcess
  ended: Promise<{ status: number | null; out: string; err: string }>
} {
  // In a process group of its own, as in a terminal.
  const child = spawn('npm', ['--silent', ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) signal(child, 'SIGKILL')
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return { child, ended: once(child, 'close').then(([status]) => ({ status, out, err })) }
}

/** Signals every process of the group, as a terminal does. */
export function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined) process.kill(-child.pid, name)
}

export async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'vera-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}
