import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  ARN,
  CHECKS,
  CI_FLAGS,
  CI_SECRETS,
  createDeployStage,
  type DeployStage,
  expectHidden,
  SECRETS,
  STEPS,
  shortLine,
} from './deploy-stage.ts'
import { FAILED } from './world.ts'

const ENTER = '\r'
const DOWN = '\u001b[B'
const CTRL_C = '\u0003'

/** A command in a terminal of its own, which `script` makes, without a width. Each answer is typed once its question is to be read. */
async function inTerminal(
  stage: DeployStage,
  command: string,
  answers: [question: string, typed: string | Promise<string>][],
) {
  const sized = `stty cols 200 rows 50; exec '${process.execPath}' ${command}`
  const child = spawn('script', ['-qefc', sized, '/dev/null'], { cwd: stage.dir, env: stage.env })
  onTestFinished(() => void child.kill())
  const left = [...answers]
  let shown = ''
  let since = 0
  child.stdout.on('data', (chunk) => {
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
  ['Whose mail address', `ada@fake.example${ENTER}`],
  ['Their API token', `${SECRETS.confluence}${ENTER}`],
]
const SLACK: [string, string][] = [
  ['from its page Basic Information', `${SECRETS.signing}${ENTER}`],
  ['which begins with xoxb-', `${SECRETS.bot}${ENTER}`],
]

test('in a terminal everything is asked, and no secret is shown', async () => {
  const stage = await createDeployStage()
  stage.failOnce('secret put', 'a fake failure')
  const interrupted = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Deploy Fake to AWS account 000000000000', ENTER],
    ...CONFLUENCE,
    ['Is there an app in Slack already?', ENTER],
    ...SLACK,
  ])
  expect([interrupted.status, interrupted.unasked]).toEqual([1, ['which begins with xoxb-']])
  const first = stage.calls()
  const lines = first.map(({ tool, args }) => shortLine(tool, args))
  expect(lines.slice(0, CHECKS.length).sort()).toEqual(CHECKS)
  expect(lines.slice(CHECKS.length)).toEqual(STEPS.slice(0, -1))
  expectHidden(first, interrupted.shown, {
    confluence: ['aws secretsmanager'],
    edgeKey: ['wrangler deploy'],
    signing: ['wrangler secret'],
  })

  // What is done is not asked again, nor is what was remembered.
  const done = await inTerminal(stage, 'infra/commands/deploy.ts', [['Deploy Fake', ENTER], ...SLACK])
  expect([done.status, done.unasked]).toEqual([0, []])
  expect(done.shown).not.toMatch(/Whose mail address|Is there an app/)
  expectHidden(stage.calls(), done.shown, {
    edgeKey: ['wrangler deploy'],
    signing: ['wrangler secret'],
    bot: ['aws secretsmanager'],
  })
  expect(JSON.parse(stage.world.secrets[ARN.slack] ?? '')).toMatchObject({ botToken: SECRETS.bot })
})

test('Enter alone removes nothing and puts nothing back', async () => {
  const stage = await createDeployStage()
  expect(await stage.run('infra/commands/deploy.ts', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0 })
  stage.world.edge = 'another fake Worker'
  expect(await stage.run('infra/commands/deploy.ts', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0 })
  const before = structuredClone(stage.world)
  for (const [command, question] of [
    ['infra/commands/destroy.ts', 'Remove Fake from AWS account'],
    ['infra/commands/rollback.ts', 'Put back the Worker'],
  ] as const) {
    const { status, unasked } = await inTerminal(stage, command, [[question, ENTER]])
    expect([status, unasked]).toEqual([130, []])
    expect(stage.world).toEqual(before)
  }
})

test('a signing secret that Slack does not verify is given anew, and the app is not made twice', async () => {
  const stage = await createDeployStage()
  const clientSecret = 'c'.repeat(32)
  const first = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Deploy Fake', ENTER],
    ...CONFLUENCE,
    ['Is there an app in Slack already?', ENTER],
    ['from its page Basic Information', `${clientSecret}${ENTER}`],
    ['which begins with xoxb-', CTRL_C],
  ])
  expect([first.status, first.unasked]).toEqual([130, []])
  expect(first.shown).toMatch(/press "Create".*says "Verified".*Client Secret .* give the command again/s)
  stage.calls()

  const again = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Deploy Fake', ENTER],
    ['The Worker has a signing secret', `${DOWN}${ENTER}`],
    ...SLACK,
  ])
  expect([again.status, again.unasked]).toEqual([0, []])
  expect(again.shown).not.toContain('press "Create"')
  const put = stage.calls().find(({ args }) => args.join(' ') === 'secret put SLACK_SIGNING_SECRET')
  expect(put?.input).toBe(SECRETS.signing)

  // Once the app is connected, it is the one.
  const later = await inTerminal(stage, 'infra/commands/deploy.ts', [['Deploy Fake', ENTER]])
  expect([later.status, later.shown]).toEqual([
    0,
    expect.not.stringContaining('The Worker has a signing secret, '),
  ])
})

test.each([
  ['the CDK', 'cdk deploy', 'AWS\u001b[22m'],
  ['wrangler', 'wrangler deploy', 'Worker\u001b[22m'],
  ['a reading', 'get-ingestion-job', 'Knowledge\u001b[22m'],
])('Ctrl-C in the middle of %s says what that means, and leaves no folder behind', async (_, when, shown) => {
  const stage = await createDeployStage()
  stage.env.TMPDIR = join(stage.dir, 'temporary')
  mkdirSync(stage.env.TMPDIR)
  Object.assign(stage.world, {
    secrets: { ...stage.world.secrets, [ARN.wiki]: '{"username":"ada@fake.example","password":"fake"}' },
  })
  stage.hangOnce(when)
  const underWay = vi.waitUntil(
    () => stage.calls().some(({ args, tool }) => [tool, ...args].join(' ').includes(when)),
    30_000,
  )
  const { status, shown: said } = await inTerminal(stage, 'infra/commands/deploy.ts --yes', [
    [shown, underWay.then(() => CTRL_C)],
  ])
  expect([status, said]).toEqual([
    130,
    expect.stringContaining('Stopped. What is done stays done; give the command again'),
  ])
  expect(readdirSync(stage.env.TMPDIR)).toEqual([])
})

test('of several Cloudflare accounts one is chosen, once, and Ctrl-C leaves everything as it is', async () => {
  const stage = await createDeployStage()
  const accounts = ['one', 'two'].map((name) => ({ id: `${name}-fake-id`, name: `Fake account ${name}` }))
  Object.assign(stage.world, { accounts })
  const first = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Which Cloudflare account?', `${DOWN}${ENTER}`],
    ['Deploy Fake to AWS account 000000000000 and Cloudflare account Fake account two?', CTRL_C],
  ])
  expect([first.status, first.unasked]).toEqual([130, []])
  expect(first.shown).toContain('What is done stays done')
  const again = await inTerminal(stage, 'infra/commands/deploy.ts', [['Deploy Fake', CTRL_C]])
  expect(again.shown).not.toContain('Which Cloudflare account?')
  const onQueues = stage.calls().filter(({ args }) => args[0] === 'queues')
  expect(onQueues.map(({ env }) => env.CLOUDFLARE_ACCOUNT_ID)).toEqual(['two-fake-id', 'two-fake-id'])
})

test('where the last reading failed, somebody says whether it is by the user and the token', async () => {
  const stage = await createDeployStage()
  const flags = ['--yes', '--confluence-user', 'ada@fake.example', '--slack-app', 'new']
  expect(await stage.run('infra/commands/deploy.ts', flags, CI_SECRETS)).toMatchObject({ status: 0 })
  const fails = () =>
    stage.world.jobs.push({
      ingestionJobId: `JOB00NIGHT${stage.world.jobs.length}`,
      ...FAILED,
      failureReasons: [...FAILED.failureReasons],
    })
  fails()
  stage.calls()
  const why = 'The last reading of wiki failed: The fake token was refused.'
  const same = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Deploy Fake', ENTER],
    [why, `${DOWN}${ENTER}`],
  ])
  expect([same.status, same.unasked]).toEqual([0, []])
  expect(same.shown).not.toMatch(/Whose mail address/)
  expect(stage.lines()).not.toContain('aws secretsmanager put-secret-value')

  // Where it cannot be found out, that holds nothing up.
  fails()
  stage.failOnce('list-ingestion-jobs')
  const unknown = await inTerminal(stage, 'infra/commands/deploy.ts', [['Deploy Fake', ENTER]])
  expect(unknown.status).toBe(0)
  expect(unknown.shown).toContain(why.slice(why.indexOf(': ') + 2))

  fails()
  const other = 'another-fake-confluence-token'
  const changed = await inTerminal(stage, 'infra/commands/deploy.ts', [
    ['Deploy Fake', ENTER],
    [why, ENTER],
    ['Whose mail address', ENTER],
    ['Their API token', `${other}${ENTER}`],
  ])
  expect([changed.status, changed.unasked]).toEqual([0, []])
  expect(changed.shown).not.toContain(other)
  expect(JSON.parse(stage.world.secrets[ARN.wiki] ?? '')).toEqual({
    username: 'ada@fake.example',
    password: other,
  })
  expect(stage.world.jobs.at(-1)?.status).toBe('COMPLETE')
})
