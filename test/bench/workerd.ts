import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { config } from './workerd-config.ts'
import type { BuiltWorker } from './workers.ts'

/** The binary that Miniflare runs. */
const WORKERD = createRequire(import.meta.resolve('miniflare'))('workerd').default as string

/** A workerd process with one Worker. */
export interface Workerd {
  port: number
  /** `ws://127.0.0.1:…`; undefined without the option `inspect`. */
  inspector: string | undefined
  /**
   * CPU time of the process so far, in milliseconds over all threads; undefined if this machine has no /proc.
   */
  cpuMs(): number | undefined
  close(): Promise<void>
}

export interface WorkerdOptions {
  lambdaEndpoint: string
  inspect?: boolean
  /** Creates the Worker's isolate at the first request, and not while workerd starts. */
  loadLate?: boolean
}

/**
 * Starts a Worker in plain workerd. In Miniflare every request would also pass through two of Miniflare's own
 * Workers. The Worker's output is discarded.
 */
export async function startWorkerd(
  { script }: BuiltWorker,
  { lambdaEndpoint, inspect = false, loadLate = false }: WorkerdOptions,
): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'vera-bench-'))
  await writeFile(join(folder, 'worker.js'), script)
  await writeFile(join(folder, 'config.capnp'), await config({ lambdaEndpoint, loadLate }))
  const flags = ['--experimental', '--control-fd=3', ...(inspect ? ['--inspector-addr=127.0.0.1:0'] : [])]
  const child = spawn(WORKERD, ['serve', ...flags, join(folder, 'config.capnp')], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const ports = await readPorts(child, inspect ? ['http', 'inspector'] : ['http'])
  return {
    port: ports.get('http') ?? 0,
    inspector: inspect ? `ws://127.0.0.1:${ports.get('inspector')}` : undefined,
    cpuMs: () => cpuMs(child.pid ?? 0),
    async close() {
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for workerd to report its ports, a line of JSON for each. Rejects if workerd ends before that. */
async function readPorts(child: ChildProcess, wanted: readonly string[]): Promise<Map<string, number>> {
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk))
  const ports = new Map<string, number>()
  let line = ''
  for await (const chunk of child.stdio[3] as Readable) {
    line += chunk
    for (const { socket, event, port } of line
      .split('\n')
      .slice(0, -1)
      .map((json) => JSON.parse(json))) {
      ports.set(event === 'listen-inspector' ? 'inspector' : socket, port)
    }
    line = line.slice(line.lastIndexOf('\n') + 1)
    if (wanted.every((name) => ports.has(name))) return ports
  }
  throw new Error(`workerd did not start:\n${stderr}`)
}

/**
 * `schedstat` counts nanoseconds. `stat` counts hundredths of a second, too coarse for a few hundred
 * requests.
 */
function cpuMs(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const nanoseconds = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    )
    return nanoseconds.reduce((sum, ns) => sum + ns, 0) / 1e6
  } catch {
    return undefined
  }
}
