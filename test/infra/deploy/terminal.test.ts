import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ARN, CI_FLAGS, CI_SECRETS, SECRETS } from './empty-world.ts'
import { CHECKS, expectHidden, fullLine, STEPS, shortLine } from './expected-calls.ts'
import { createProcessStage, type ProcessStage, removeCompileCacheAtEnd } from './process-stage.ts'

// Commands in a real terminal. questions.test.ts tests all other answers without one.

removeCompileCacheAtEnd()

const ENTER = '\r'
const DOWN = '\u001b[B'
const CTRL_C = '\u0003'

/** Time for a command to reach the call that is interrupted. It takes two seconds on a quiet machine. */
const UNDER_WAY_MS = 60_000

/**
 * Runs a command in its own terminal, which `script` creates. Types each answer as soon as its question is
 * shown.
 */
async function inTerminal(
  stage: ProcessStage,
  command: string,
  answers: [question: string, typed: string | Promise<string>][],
) {
  const sized = `stty cols 200 rows 50; exec '${process.execPath}' ${command}`
  const child = spawn('script', ['-qefc', sized, '/dev/null'], { cwd: stage.dir, env: stage.env })
  onTestFinished(() => void child.kill())
  const left = [...answers]
  let shown = ''
  let since = 0
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    shown += chunk
    const [question, typed] = left[0] ?? []
    const at = question === undefined ? -1 : shown.indexOf(question, since)
    if (at === -1 || typed === undefined) return
    since = shown.length
    left.shift()
    void Promise.resolve(typed).then((keys) => child.stdin.write(keys))
  })
  const [status] = await once(child, 'close')
  return { status, shown, unasked: left.map(([question]) => question) }
}

const CONFLUENCE: [string, string][] = [
  ['Mail address of the Confluence user', `ada@fake.example${ENTER}`],
  ['API token of this user', `${SECRETS.confluence}${ENTER}`],
]
const SLACK: [string, string][] = [
  ['from its page Basic Information', `${SECRETS.signing}${ENTER}`],
  ['which begins with xoxb-', `${SECRETS.bot}${ENTER}`],
]

test('deploy in a terminal asks for everything, shows no secret and asks nothing twice', async () => {
  const stage = await createProcessStage()
  const accounts = ['one', 'two'].map((name) => ({ id: `${name}-fake-id`, name: `Fake account ${name}` }))
  Object.assign(stage.world, { accounts })
  stage.failOnce('secret put', 'a fake failure')
  const interrupted = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Which Cloudflare account?', `${DOWN}${ENTER}`],
    ['Deploy Fake to AWS account 000000000000 and Cloudflare account Fake account two?', ENTER],
    ...CONFLUENCE,
    ['Do you have an app in Slack', ENTER],
    ...SLACK,
  ])
  expect([interrupted.status, interrupted.unasked]).toEqual([1, ['which begins with xoxb-']])
  const first = stage.calls()
  const lines = first.map(shortLine)
  expect(lines.slice(0, CHECKS.length).sort()).toEqual(CHECKS)
  expect(lines.slice(CHECKS.length)).toEqual(STEPS.slice(0, -1))
  expectHidden(first, interrupted.shown, {
    confluence: ['aws secretsmanager'],
    edgeKey: ['wrangler deploy'],
    signing: ['wrangler secret'],
  })

  const cancelled = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Deploy Fake', ENTER],
    ['from its page Basic Information', `${SECRETS.signing}${ENTER}`],
    ['which begins with xoxb-', CTRL_C],
  ])
  expect([cancelled.status, cancelled.unasked]).toEqual([130, []])
  expect(cancelled.shown).toContain('Finished steps stay finished')
  expectHidden(stage.calls(), cancelled.shown, {
    edgeKey: ['wrangler deploy'],
    signing: ['wrangler secret'],
  })

  const done = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Deploy Fake', ENTER],
    ['The Worker has a signing secret', ENTER],
    ['which begins with xoxb-', `${SECRETS.bot}${ENTER}`],
  ])
  expect([done.status, done.unasked]).toEqual([0, []])
  expect(done.shown).not.toMatch(/Which Cloudflare account|Mail address of|Do you have an app/)
  expectHidden(stage.calls(), done.shown, { edgeKey: ['wrangler deploy'], bot: ['aws secretsmanager'] })
  expect(JSON.parse(stage.world.secrets[ARN.slack] ?? '')).toMatchObject({ botToken: SECRETS.bot })
})

test('a text question in a terminal takes its initial value by Enter, and refuses a wrong value', async () => {
  const stage = await createProcessStage()
  writeFileSync(
    join(stage.dir, 'ask.ts'),
    `import { ConfluenceUser } from './infra/deploy/terminal/cli-options.ts'
    import { terminalPrompts } from './infra/deploy/terminal/prompts.ts'
    const question = { setBy: '--who', schema: ConfluenceUser }
    const first = await terminalPrompts.text({ ...question, message: 'The old one?', initial: 'ada@fake.example' })
    const second = await terminalPrompts.text({ ...question, message: 'The new one?', initial: undefined })
    console.log('answers:', first, second)`,
  )
  const { status, shown, unasked } = await inTerminal(stage, 'ask.ts', [
    ['ada@fake.example', ENTER],
    ['The new one?', `grace${ENTER}`],
    ['expected a mail address', `@fake.example${ENTER}`],
  ])
  expect([status, unasked]).toEqual([0, []])
  expect(shown).toContain('answers: ada@fake.example grace@fake.example')
})

test('destroy in a terminal removes nothing if the person only presses Enter', async () => {
  const stage = await createProcessStage()
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0 })
  const before = structuredClone(stage.world)
  const { status, shown, unasked } = await inTerminal(stage, 'infra/commands/destroy.ts', [
    ['Remove Fake from AWS account', ENTER],
  ])
  expect([status, unasked]).toEqual([130, []])
  expect(shown).toContain('Finished steps stay finished')
  expect(stage.world).toEqual(before)
})

test.each([
  ['the CDK', 'cdk deploy', 'AWS\u001b[22m', 1],
  ['wrangler', 'wrangler deploy', 'Worker\u001b[22m', 1],
  ['an ingestion', 'get-ingestion-job', 'Knowledge\u001b[22m', 0],
])('Ctrl-C during %s says how to go on and removes the temporary folder', async (_, when, shown, folders) => {
  const stage = await createProcessStage()
  const temporary = join(stage.dir, 'temporary')
  mkdirSync(temporary)
  stage.env.TMPDIR = temporary
  Object.assign(stage.world, {
    secrets: { ...stage.world.secrets, [ARN.wiki]: '{"username":"ada@fake.example","password":"fake"}' },
  })
  stage.hangOnce(when)
  const underWay = vi.waitUntil(() => stage.calls().some((call) => fullLine(call).includes(when)), {
    timeout: UNDER_WAY_MS,
  })
  const { status, shown: said } = await inTerminal(stage, 'infra/commands/deploy.ts --yes', [
    [
      shown,
      underWay.then(() => {
        expect(readdirSync(temporary)).toHaveLength(folders)
        return CTRL_C
      }),
    ],
  ])
  expect([status, said]).toEqual([
    130,
    expect.stringContaining('Stopped. Finished steps stay finished; run the command again'),
  ])
  expect(readdirSync(temporary)).toEqual([])
})
