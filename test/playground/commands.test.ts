import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { WRITTEN_BY } from '../../playground/bedrock/models/extractive.ts'
import { folder } from './documents/folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const knowledge = () =>
  folder({
    'r&d.md': '# R&D\n\n## Kestrel\n\nThe launch code of Kestrel is 4711.\n',
    'empty.md': '',
    'latin.txt': Uint8Array.of(0xe9),
  })

/** Runs a command of the playground with these lines on its standard input. */
async function run(command: 'ask' | 'start', args: string[], input = '') {
  const child = spawn(process.execPath, [`playground/${command}.ts`, ...args], { cwd: ROOT })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { out, err, status }
}

test('npm start answers each line of its input, and exits with 0 after the last', async () => {
  const dir = await knowledge()
  const input = 'What is the launch code of Kestrel?\n\nWhat is the capital of Mongolia?\n'
  const { out, err, status } = await run('start', ['--knowledge', dir], input)
  expect(err).toBe('')
  expect(status).toBe(0)
  expect(out).toContain(`1 passages from 1 pages in ${dir}; skipped: latin.txt (not UTF-8 text)`)
  const [introduction, answer, other, ...rest] = out.split('> ')
  expect(introduction).toMatch(/^Vera is running\. .*^ {2}edge {7}http:\/\/127\.0\.0\.1:\d+$/ms)
  expect(introduction).not.toContain('credentials')
  expect(answer).toContain('The launch code of Kestrel is 4711. [1]\n')
  expect(answer).toMatch(
    /^Sources\n {2}\[1\] R&D › Kestrel {2}http:\/\/127\.0\.0\.1:\d+\/r%26d\.md#kestrel\n/m,
  )
  expect(out.split(WRITTEN_BY)).toHaveLength(3)
  expect([answer, other, ...rest].join('')).toMatch(
    /\nThe documents do not hold the answer \(reference [0-9a-f]{8}\)\.\n/,
  )
})

test('npm run ask prints the reply, its sources and the time of each step', async () => {
  const { out, err, status } = await run('ask', [
    '--knowledge',
    await knowledge(),
    'What is the launch code of Kestrel?',
  ])
  expect([err, status]).toEqual(['', 0])
  const [, steps, reply, sources, times] =
    /^( {2}· .*?\n)\n(.*)\nSources\n(.*)\nTimeline in ms after the question \(reference [0-9a-f]{8}\)\n(.*)$/s.exec(
      out,
    ) ?? []
  expect(steps).toMatch(/^( {2}· .+\n)+$/)
  expect(reply).toMatch(/^The launch code of Kestrel is 4711\. \[1\]\n/)
  expect(sources).toMatch(/^ {2}\[1\] R&D › Kestrel {2}http/)
  const lines = (times ?? '').trimEnd().split('\n')
  const measured = lines.map((line) => /^ {2}([a-z ]+?) +(\d+) {2}(▇*)$/.exec(line))
  expect(measured.map((match) => match?.[1])).toEqual(
    expect.arrayContaining(['ack', 'claim', 'first visible text', 'done']),
  )
  const ms = measured.map((match) => Number(match?.[2]))
  expect(ms).toEqual(ms.toSorted((a, b) => a - b))
  expect(measured.at(-1)?.slice(1)).toEqual(['done', String(ms.at(-1)), '▇'.repeat(40)])
})
