import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { folder, npm, signal } from './npm.ts'

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
