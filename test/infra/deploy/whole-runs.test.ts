import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readWranglerConfig, writeRegion } from '../../../infra/deploy/terminal/wrangler-config.ts'
import { createAppLink, manifestOf } from '../../../infra/settings/slack-manifest.ts'
import { fakeSections } from '../fake-sections.ts'
import { ARN, CI_FLAGS, CI_SECRETS, SECRETS } from './empty-world.ts'
import { CHECKS, expectHidden, STEPS, shortLine } from './expected-calls.ts'
import { createProcessStage, removeCompileCacheAtEnd } from './process-stage.ts'

// Runs each command once as a person does: in its own process, with a process for each tool. The other tests
// of this folder run the same commands in the test's process.

removeCompileCacheAtEnd()

const [DEPLOY, ROLLBACK, DESTROY, MANIFEST] = ['deploy', 'rollback', 'destroy', 'manifest'].map(
  (command) => `infra/commands/${command}.ts`,
) as [string, string, string, string]
const EDGE_URL = 'https://vera-edge.fake.workers.dev'
const DONE = { status: 0, err: '' }

test('deploy connects an assistant in two runs from empty accounts, with its steps in order', async () => {
  const stage = await createProcessStage()
  const { SLACK_SIGNING_SECRET: _, ...beforeTheApp } = CI_SECRETS
  const first = await stage.start(DEPLOY, CI_FLAGS, beforeTheApp)
  // A new app, and so its signing secret, needs the Worker's address.
  expect(first.err).toContain('SLACK_SIGNING_SECRET')
  expect(first.out).toContain(createAppLink(manifestOf(fakeSections, EDGE_URL)))
  const calls = stage.calls()
  const lines = calls.map(shortLine)
  expect(lines.slice(0, CHECKS.length).sort()).toEqual(CHECKS)
  expect(lines.slice(CHECKS.length)).toEqual(STEPS.slice(0, STEPS.indexOf('wrangler secret list') + 1))
  expect(calls.find(({ tool }) => tool === 'cdk')?.args).not.toContain('reserveConcurrency=false')
  expect(calls.find(({ input }) => input.includes('ada@'))).toMatchObject({
    args: expect.arrayContaining([ARN.wiki]),
    input: JSON.stringify({ username: 'ada@fake.example', password: SECRETS.confluence }),
  })
  expect(calls.find(({ tool, args }) => tool === 'wrangler' && args[0] === 'deploy')?.input).toBe(
    JSON.stringify({ AWS_ACCESS_KEY_ID: 'AKIA00FAKE', AWS_SECRET_ACCESS_KEY: SECRETS.edgeKey }),
  )
  expectHidden(calls, first.out + first.err, {
    confluence: ['aws secretsmanager'],
    edgeKey: ['wrangler deploy'],
  })

  // A person who debugs wrangler has set these variables.
  const second = await stage.start(DEPLOY, CI_FLAGS, {
    ...CI_SECRETS,
    WRANGLER_LOG: 'debug',
    WRANGLER_LOG_SANITIZE: 'false',
  })
  expect(second).toMatchObject(DONE)
  const more = stage.calls()
  expect(JSON.parse(stage.world.secrets[ARN.slack] ?? '')).toEqual({
    botToken: SECRETS.bot,
    teamId: 'T00FAKE',
    appId: 'A00FAKE',
  })
  expect(stage.slack.tokens).toEqual([`Bearer ${SECRETS.bot}`, `Bearer ${SECRETS.bot}`])
  expectHidden(more, second.out + second.err, {
    signing: ['wrangler deploy'],
    edgeKey: ['wrangler deploy'],
    bot: ['aws secretsmanager'],
  })

  // The local state holds no secret.
  expect(stage.remembered()).toEqual({
    confluenceUser: 'ada@fake.example',
    slackApp: 'A00FAKE',
    edgeUrl: EDGE_URL,
    manifest: expect.any(String),
  })
  // wrangler gets no credentials of AWS, and the tools of AWS get none of Cloudflare.
  for (const { tool, env } of [...calls, ...more]) {
    expect(tool === 'wrangler' ? env.AWS_PROFILE : env.CLOUDFLARE_API_TOKEN).toBeUndefined()
    expect(tool === 'wrangler' ? env.CLOUDFLARE_API_TOKEN : env.AWS_PROFILE).toBeDefined()
    if (tool !== 'wrangler') continue
    expect(env).toMatchObject({ WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' })
    // Otherwise wrangler's log would contain the Worker's secrets.
    expect(env).toMatchObject({ WRANGLER_LOG_SANITIZE: 'true', WRANGLER_LOG: 'log' })
  }
})

test('rollback, manifest and destroy work after a second release', async () => {
  const stage = await createProcessStage()
  for (const version of ['1', '2']) {
    Object.assign(stage.world, {
      edge: `Worker ${version}`,
      outputs: { ...stage.world.outputs, AnswerVersion: version },
    })
    expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject(DONE)
  }
  stage.calls()

  expect(await stage.start(ROLLBACK, ['--yes'])).toMatchObject(DONE)
  expect(stage.world).toMatchObject({ live: 'version-0', alias: '1' })
  expect(stage.lines().slice(-2)).toEqual(['wrangler rollback version-0', 'aws lambda update-alias'])

  const manifest = await stage.start(MANIFEST, [])
  expect(manifest).toMatchObject({ status: 0, err: expect.stringContaining('https://api.slack.com/apps?') })
  expect(JSON.parse(manifest.out)).toEqual(manifestOf(fakeSections, EDGE_URL))

  expect(await stage.start(DESTROY, ['--yes'])).toMatchObject(DONE)
  expect(stage.world).toMatchObject({ stack: false, queues: [], live: '' })
  expect(stage.lines().at(-1)).toBe('cdk destroy')
  expect(await stage.start(MANIFEST, [])).toMatchObject({
    status: 2,
    err: expect.stringContaining('give the address of the Worker'),
  })
})

test('deploy --dry-run prints every command and starts none', async () => {
  const stage = await createProcessStage()
  const { status, out } = await stage.start(DEPLOY, ['--dry-run'], {
    ...CI_SECRETS,
    SLACK_SIGNING_SECRET: '',
  })
  expect(status).toBe(0)
  expect(stage.calls()).toEqual([])
  expect(existsSync(join(stage.dir, '.vera.json'))).toBe(false)
  const printed = out
    .split('\n')
    .flatMap((line) => /^ {2}\$ (.*)/.exec(line)?.[1]?.split(/ --|\s+'?</)[0] ?? [])
  for (const step of STEPS.filter((line) => !/get-ingestion-job|queues info/.test(line)))
    expect(printed).toContain(step)
  for (const secret of Object.values(SECRETS)) expect(out).not.toContain(secret)
})

test('deploy with an unknown option ends with status 2 and one sentence', async () => {
  const stage = await createProcessStage()
  const ran = await stage.start(DEPLOY, ['--what'])
  expect(ran).toEqual({ status: 2, out: '', err: "Unknown option '--what'. See --help.\n" })
})

test('deploy without the AWS CLI says where to get it', async () => {
  const stage = await createProcessStage()
  const recorders = join(stage.dir, 'recorders')
  rmSync(join(recorders, 'aws'))
  Object.assign(stage.world, { accounts: undefined })
  // The machine may have its own aws.
  const others = (process.env.PATH ?? '').split(delimiter).filter((dir) => !existsSync(join(dir, 'aws')))
  const { status, out, err } = await stage.start(DEPLOY, CI_FLAGS, {
    ...CI_SECRETS,
    PATH: [recorders, ...others].join(delimiter),
  })
  expect([status, err]).toEqual([
    1,
    expect.stringMatching(/problems were found, and nothing has been changed/),
  ])
  expect(out).toMatch(/"aws" is not on the PATH\. Install version 2 .*https:\/\/docs\.aws/)
  expect(out).toMatch(/Not logged in to Cloudflare/)
  expect(stage.lines()).toEqual(['wrangler whoami'])
})

test('rollback does not print a secret that aws prints before it fails', async () => {
  const stage = await createProcessStage()
  const aws = join(stage.dir, 'recorders/aws')
  writeFileSync(aws, `#!/bin/sh\necho ${SECRETS.edgeKey}\necho a fake failure >&2\nexit 1\n`)
  const { status, out, err } = await stage.start(ROLLBACK, ['--yes'])
  expect(status).toBe(1)
  expect(out).toContain('a fake failure')
  expect(out + err).not.toContain(SECRETS.edgeKey)
})

describe('synthesis and deployment end with one sentence', () => {
  const { identity, knowledge } = fakeSections
  test.each([
    [
      'its schema',
      { identity: { ...identity, name: '' } },
      'assistant.config.ts is not valid. Change these settings: identity.name: must not be empty.',
    ],
    [
      'AWS',
      { knowledge: { ...knowledge, rerankModel: 'no.such-model' } },
      'AWS would not accept assistant.config.ts. Change these settings: knowledge.rerankModel',
    ],
  ])('if the configuration does not fit %s', async (_, change, sentence) => {
    const stage = await createProcessStage(change)
    for (const script of ['infra/app.ts', DEPLOY]) {
      const { status, err } = await stage.start(script, [])
      expect([status, err.trim().split('\n')]).toEqual([1, [expect.stringContaining(sentence)]])
    }
  })
})

test('npm run build starts wrangler without the credentials of AWS', async () => {
  const stage = await createProcessStage()
  const toml = join(stage.dir, 'wrangler.toml')
  // wrangler starts this command with its own environment.
  writeFileSync(toml, `${readFileSync(toml, 'utf8')}\n[build]\ncommand = "env > seen"\n`)
  const built = await stage.start('infra/build.ts', [], { AWS_SECRET_ACCESS_KEY: 'fake-secret' })
  expect(built).toMatchObject(DONE)
  const seen = readFileSync(join(stage.dir, 'seen'), 'utf8')
  expect(seen).toContain('CLOUDFLARE_API_TOKEN=')
  expect(seen).not.toMatch(/^AWS_/m)
})

test('writeRegion changes two values of wrangler.toml, and wrangler builds the result', async () => {
  const { dir } = await createProcessStage()
  const before = readFileSync(join(dir, 'wrangler.toml'), 'utf8')
  writeRegion(dir, 'eu-central-1')
  const after = readFileSync(join(dir, 'wrangler.toml'), 'utf8')
  expect(readWranglerConfig(dir)).toMatchObject({ region: 'eu-central-1', placementRegion: 'eu-central-1' })
  expect(after.replaceAll('eu-central-1', 'us-east-1')).toBe(before)
  const args = ['deploy', '--dry-run', '--outdir', join(dir, 'built')]
  const env = {
    PATH: process.env.PATH,
    HOME: dir,
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  }
  const built = spawnSync(process.execPath, [resolve('node_modules/wrangler/bin/wrangler.js'), ...args], {
    cwd: dir,
    env,
  })
  expect(built.status, String(built.stderr)).toBe(0)
  expect(String(built.stdout)).toMatch(/AWS_REGION \("eu-central-1"\)/)
  expect(readFileSync(join(dir, 'built/worker.js'), 'utf8').length).toBeGreaterThan(0)
})
