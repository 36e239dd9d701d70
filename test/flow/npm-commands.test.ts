import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'

/** Runs a command as a person would, without npm's own banner. */
function npm(...args: string[]): {
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
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined) process.kill(-child.pid, name)
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'vera-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Every process that descends from `pid`, read from Linux's /proc. */
async function descendants(pid: number): Promise<number[]> {
  const children = new Map<number, number[]>()
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const { parent } = await processOf(Number(entry))
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
  }
  const below = (of: number): number[] =>
    (children.get(of) ?? []).flatMap((child) => [child, ...below(child)])
  return below(pid)
}

/** A zombie, which has ended but was not yet waited for, does not run. */
async function processOf(pid: number): Promise<{ parent: number; runs: boolean }> {
  const [, state, parent] =
    /\) (\S) (\d+)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')) ?? []
  return { parent: Number(parent), runs: state !== undefined && state !== 'Z' }
}

test('npm run ask finds a fact in one of 201 pages with its link, and not after the page is removed', async () => {
  const dir = await folder()
  await mkdir(join(dir, 'handbook'))
  for (let n = 1; n <= 200; n++) {
    const page = `# Team ${n}\n\nTeam ${n} meets on weekday ${n % 5}. Its budget code is TB-${1000 + n}.\n\n## Contacts\n\nWrite to team-${n}@fernwood.example.\n`
    await writeFile(join(dir, 'handbook', `team-${n}.md`), page)
  }
  const units = 1000 + Math.floor(Math.random() * 9000)
  const fact = join(dir, 'handbook', 'quotas.md')
  await writeFile(fact, `# Quotas\n\n## Mirin\n\nThe zorblax quota of the Mirin team is ${units} units.\n`)
  const ask = () =>
    npm('run', 'ask', '--', '--json', '--knowledge', dir, 'What is the zorblax quota of the Mirin team?')
      .ended

  const found = await ask()
  const answered = JSON.parse(found.out.trim().split('\n').at(-1) ?? '')
  expect(found.status, found.out + found.err).toBe(0)
  expect(answered).toMatchObject({ outcome: 'answered', text: expect.stringContaining(`${units} units`) })
  expect(answered.citations).toEqual([
    { n: 1, title: 'Quotas › Mirin', url: expect.stringMatching(/\/handbook\/quotas\.md#mirin$/) },
  ])
  expect(answered.text).toContain(answered.citations[0].url)
  expect(answered.reference).toMatch(/^[0-9a-f]{8}$/)
  expect(answered.timeline.map(({ step }: { step: string }) => step).sort()).toEqual(
    [
      'ack',
      'invoke',
      'claim',
      'thread',
      'retrieve',
      'rerank',
      'first token',
      'first visible text',
      'done',
    ].sort(),
  )
  expect(answered.calls).toContainEqual({
    to: 'bedrock',
    method: 'ConverseStream',
    ms: expect.any(Number),
    status: 200,
  })

  await rm(fact)
  const lost = await ask()
  expect(lost.status).toBe(3)
  expect(JSON.parse(lost.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
    outcome: 'not-found',
    citations: [],
  })
  expect(lost.out).not.toContain(String(units))
})

test.each([
  [['run', 'ask'], 'No question was given: add it in quotes, npm run ask -- "question". See --help.'],
  [['run', 'ask', '--', '--loud', 'why?'], "Unknown option '--loud'. See --help."],
  [['run', 'ask', '--', '--knowledge', '/nowhere', 'why?'], 'The folder /nowhere does not exist.'],
  [['start', '--', '--port', '99999'], '--port must be a number from 1 to 65535'],
])('npm %j says in one sentence what is wrong with its arguments', async (args, sentence) => {
  const { status, out, err } = await npm(...args).ended
  expect([status, out]).toEqual([2, ''])
  expect(err).toContain(sentence)
  expect(
    err
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('npm ')),
  ).toHaveLength(1)
})

test('npm start says in one sentence that a folder has no pages', async () => {
  const { status, err } = await npm('start', '--', '--knowledge', await folder()).ended
  expect(status).toBe(2)
  expect(err).toContain('has no Markdown')
})

test('npm start says in one sentence that the port is in use', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const address = taken.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const { status, err } = await npm('start', '--', '--port', port, '--json').ended
  expect(status).toBe(1)
  expect(err).toContain(`Port ${port} is in use`)
})

test('npm start prints every address, and leaves no process after Ctrl-C', async () => {
  const { child, ended } = npm('start', '--', '--json')
  const [line] = await once(child.stdout ?? child, 'data')
  const places = JSON.parse(String(line))
  expect(Object.keys(places)).toEqual(['edge', 'slack', 'lambda', 'bedrock', 'dynamo', 'credentials'])
  const health = await fetch(`${places.edge}/health`)
  expect(health.status).toBe(200)
  const below = await descendants(child.pid ?? 0)
  expect(below.length).toBeGreaterThan(1)
  signal(child, 'SIGINT')
  await ended
  // The last process ends shortly after it notices that the others are gone.
  await eventually(async () => {
    const left = await Promise.all(below.map(processOf))
    expect(left.filter(({ runs }) => runs)).toEqual([])
  })
})
