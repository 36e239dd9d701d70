import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

// Runs `npm test` while busy loops compete for the processor. A newcomer's laptop is such a machine: no test may
// fail there because something took longer than usual.
//
//   npm run check:busy -- [RUNS]

/** Twice as many as the two cores that the tests are tuned for. */
const LOOPS = 4

/** Many times a run of the tests. It ends a loop whose process id we have lost. */
const LOOP_LIMIT_MS = 3_600_000

/** Keeps one core busy until its parent has gone or its time is over. */
const LOOP = `
const parent = process.ppid
const until = Date.now() + ${LOOP_LIMIT_MS}
while (process.ppid === parent && Date.now() < until);
`

interface Run {
  outcome: 'passed' | 'failed' | 'interrupted'
  seconds: number
}

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort())

async function runBusily(): Promise<Run> {
  const startedAt = Date.now()
  const loops = Array.from({ length: LOOPS }, () =>
    spawn(process.execPath, ['--eval', LOOP], { stdio: 'ignore' }),
  )
  try {
    // npm starts vitest, and vitest its workers; a process group of their own lets us end all of them.
    const tests = spawn('npm', ['test'], { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
    const interrupt = () => signalGroup(tests, 'SIGINT')
    interruption.signal.addEventListener('abort', interrupt)
    const [status] = await once(tests, 'close')
    interruption.signal.removeEventListener('abort', interrupt)
    const outcome = interruption.signal.aborted ? 'interrupted' : status === 0 ? 'passed' : 'failed'
    return { outcome, seconds: Math.round((Date.now() - startedAt) / 1000) }
  } finally {
    for (const loop of loops) loop.kill('SIGKILL')
  }
}

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, name)
}

const [given = '1', ...rest] = process.argv.slice(2)
const wanted = Number(given)
if (!Number.isInteger(wanted) || wanted < 1 || rest.length > 0) {
  console.error(
    `Expected a number of runs, got "${[given, ...rest].join(' ')}". Usage: npm run check:busy -- [RUNS]`,
  )
  process.exit(2)
}
const runs: Run[] = []
while (runs.length < wanted && !interruption.signal.aborted) runs.push(await runBusily())
for (const [index, { outcome, seconds }] of runs.entries())
  console.log(`Run ${index + 1} of ${wanted} with ${LOOPS} busy loops: ${outcome} in ${seconds} s`)
process.exit(interruption.signal.aborted ? 130 : runs.every(({ outcome }) => outcome === 'passed') ? 0 : 1)
