import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCliOptions } from '../../../infra/deploy/terminal/cli-options.ts'
import { BOT_EVENTS, BOT_SCOPES, createAppLink, manifestOf } from '../../../infra/settings/slack-manifest.ts'
import { UsageError } from '../../../infra/settings/user-error.ts'
import { fakeSections } from '../fake-sections.ts'
import {
  ARN,
  CHECKS,
  CI_FLAGS,
  CI_SECRETS,
  createDeployStage,
  expectHidden,
  SECRETS,
  STEPS,
  shortLine,
} from './deploy-stage.ts'

const DEPLOY = 'infra/commands/deploy.ts'
const EDGE_URL = 'https://vera-edge.fake.workers.dev'

test('from nothing to an assistant, in the order in which each thing can be made', async () => {
  const stage = await createDeployStage()
  const { SLACK_SIGNING_SECRET: _, ...beforeTheApp } = CI_SECRETS
  const first = await stage.run(DEPLOY, CI_FLAGS, beforeTheApp)
  // The app's signing secret can only be known once the Worker has an address.
  expect(first.err).toContain('SLACK_SIGNING_SECRET')
  expect(first.out).toContain(createAppLink(manifestOf(fakeSections, EDGE_URL)))
  const calls = stage.calls()
  const lines = calls.map(({ tool, args }) => shortLine(tool, args))
  expect(lines.slice(0, CHECKS.length).sort()).toEqual(CHECKS)
  expect(lines.slice(CHECKS.length)).toEqual(STEPS.slice(0, STEPS.indexOf('wrangler secret list') + 1))
  expect(calls.find(({ tool }) => tool === 'cdk')?.args).not.toContain('reserveConcurrency=false')
  expect(calls.find(({ input }) => input?.includes('ada@'))).toMatchObject({
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

  // As somebody has them who looks for what is wrong with wrangler.
  const second = await stage.run(DEPLOY, CI_FLAGS, {
    ...CI_SECRETS,
    WRANGLER_LOG: 'debug',
    WRANGLER_LOG_SANITIZE: 'false',
  })
  expect([second.status, second.err]).toEqual([0, ''])
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

  // Nothing of it is remembered but names.
  const remembered = readFileSync(join(stage.dir, '.vera.json'), 'utf8')
  expect(JSON.parse(remembered)).toEqual({
    confluenceUser: 'ada@fake.example',
    slackApp: 'A00FAKE',
    edgeUrl: EDGE_URL,
    manifest: expect.any(String),
  })
  // Cloudflare's side gets no credentials of AWS, and AWS's none of Cloudflare.
  for (const { tool, env } of [...calls, ...more]) {
    expect(tool === 'wrangler' ? env.AWS_PROFILE : env.CLOUDFLARE_API_TOKEN).toBeUndefined()
    expect(tool === 'wrangler' ? env.CLOUDFLARE_API_TOKEN : env.AWS_PROFILE).toBeDefined()
    if (tool !== 'wrangler') continue
    expect(env).toMatchObject({ WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' })
    // Otherwise its log has the Worker's secrets in clear.
    expect(env).toMatchObject({ WRANGLER_LOG_SANITIZE: 'true', WRANGLER_LOG: 'log' })
  }
})

test('each step may fail, and the next run finds what is done and goes on', async () => {
  const stage = await createDeployStage()
  // A new account: nothing is reserved, and somebody is told which quota to ask for.
  Object.assign(stage.world, { concurrency: 10 })
  const done: string[] = []
  const deploy = async () => {
    const ran = await stage.run(DEPLOY, CI_FLAGS, CI_SECRETS)
    const calls = stage.calls()
    const lines = calls.map(({ tool, args }) => [tool, ...args].join(' '))
    const dumps = calls.map(({ env }) => JSON.stringify(env))
    for (const secret of Object.values(SECRETS))
      expect([ran.out, ran.err, ...lines, ...dumps].join('\n')).not.toContain(secret)
    done.push(...lines)
    return ran
  }
  for (const failing of [
    'cdk deploy',
    `put-secret-value --secret-id ${ARN.wiki}`,
    'queues create vera-handoffs-dead',
    'wrangler deploy',
    `put-secret-value --secret-id ${ARN.slack}`,
  ]) {
    stage.failOnce(failing, 'a fake failure\n')
    const { status, err } = await deploy()
    expect([failing, status]).toEqual([failing, 1])
    expect(err).toContain('a fake failure')
    expect(err).toMatch(/ended with status 1.*give the command again/s)
    expect(done.at(-1)).toContain(failing)
  }
  expect(done.find((line) => line.startsWith('cdk deploy'))).toMatch(/ -c reserveConcurrency=false$/)
  stage.slack.refused = [SECRETS.bot]
  expect(await deploy()).toMatchObject({
    status: 1,
    err: expect.stringContaining('Slack refuses the bot token (invalid_auth)'),
  })
  stage.slack.refused = []
  const last = await deploy()
  expect([last.status, last.err]).toEqual([0, ''])
  expect(last.out).toMatch(/at least 120 under .*"Concurrent executions" \(L-B99A9384\)/)

  const times = (line: string) => done.filter((one) => one.includes(line)).length
  expect(times('queues create vera-handoffs')).toBe(3)
  // The source is read once, whatever fails after it (that a reading may fail is in knowledge.test.ts).
  expect(times('start-ingestion-job')).toBe(1)
  expect(times('put-secret-value')).toBe(4)
  expect(stage.world).toMatchObject({
    queues: ['vera-handoffs', 'vera-handoffs-dead'],
    jobs: [{ status: 'COMPLETE' }],
  })

  // Once more, by somebody who has no secret at hand: all of them are where they belong.
  stage.failOnce('secret list')
  expect(await stage.run(DEPLOY, ['--yes'])).toMatchObject({ status: 1 })
  expect(stage.lines().at(-1)).toBe('wrangler secret list')
  const again = await stage.run(DEPLOY, ['--yes'])
  expect([again.status, again.err]).toEqual([0, ''])
  const changing = /create|put|start-|update-/
  expect(stage.lines().filter((line) => changing.test(line))).toEqual([])
})

test.each([
  ['of the alias', ['lambda get-alias', 'lambda update-alias']],
  [
    'of a queue',
    ['queues info vera-handoffs', 'queues create vera-handoffs', 'queues info vera-handoffs-dead'],
  ],
  ['of a secret', [ARN.wiki, ARN.edge, ARN.slack].map((arn) => `get-secret-value --secret-id ${arn}`)],
])('so may each call %s', async (_, steps) => {
  const stage = await createDeployStage()
  // The alias is elsewhere, as after a rollback.
  Object.assign(stage.world, { alias: '0' })
  for (const failing of steps) {
    stage.failOnce(failing)
    expect(await stage.run(DEPLOY, CI_FLAGS, CI_SECRETS)).toMatchObject({
      status: 1,
      err: expect.stringContaining('a fake failure'),
    })
    const last = stage.calls().at(-1)
    expect([last?.tool, ...(last?.args ?? [])].join(' ')).toContain(failing)
  }
  expect(await stage.run(DEPLOY, CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
  expect(stage.world).toMatchObject({ alias: '1', live: expect.stringMatching(/^version-/) })
})

test('without a terminal a missing answer is an error that names what would give it', async () => {
  const stage = await createDeployStage()
  const user = ['--confluence-user', 'ada@fake.example']
  for (const [args, given, name] of [
    [user, CI_SECRETS, '--yes'],
    [['--yes'], CI_SECRETS, '--confluence-user'],
    [['--yes', ...user], {}, 'CONFLUENCE_API_TOKEN'],
  ] as const) {
    const { status, err } = await stage.run(DEPLOY, [...args], given)
    expect([status, err]).toEqual([1, expect.stringContaining(`Give ${name}`)])
  }
})

test.each([
  [['--what'], {}, "Unknown option '--what'"],
  [['more'], {}, "Unexpected argument 'more'"],
  [['--slack-app', 'vera'], {}, '--slack-app'],
  [[], { SLACK_BOT_TOKEN: 'xoxp-a-token-of-a-person' }, 'SLACK_BOT_TOKEN: a bot token is meant'],
  [[], { SLACK_SIGNING_SECRET: SECRETS.bot }, 'SLACK_SIGNING_SECRET'],
  [[], { CONFLUENCE_API_TOKEN: 'short' }, 'CONFLUENCE_API_TOKEN'],
])(
  '%j %j is refused in a sentence that does not repeat the value',
  (args, env: Record<string, string>, sentence) => {
    const read = () => readCliOptions(args, env, ['yes', 'slack-app'])
    expect(read).toThrow(UsageError)
    expect(read).toThrow(sentence)
    for (const value of Object.values(env)) expect(read).not.toThrow(value)
  },
)

test('a command line that is wrong ends with status 2, and one sentence', async () => {
  const stage = await createDeployStage()
  const ran = await stage.run(DEPLOY, ['--what'])
  expect(ran).toEqual({ status: 2, out: '', err: "Unknown option '--what'. See --help.\n" })
})

test.each([
  ['destroy', 'dry-run'],
  ['destroy', 'yes'],
  ['deploy', 'dry-run'],
  ['rollback', 'yes'],
])('npm run %s --%s, of which npm keeps the option, does nothing', async (script, option) => {
  const stage = await createDeployStage()
  // As npm leaves it.
  const env = { npm_lifecycle_event: script, [`npm_config_${option.replace('-', '_')}`]: 'true' }
  const ran = await stage.run(`infra/commands/${script}.ts`, [], env)
  expect([ran.status, ran.err]).toEqual([
    2,
    expect.stringContaining(`give "npm run ${script} -- --${option}"`),
  ])
  expect(stage.calls()).toEqual([])
  expect((await stage.run(`infra/commands/${script}.ts`, [`--${option}`, '--help'], env)).status).toBe(0)
})

test('a dry run prints the commands and starts none', async () => {
  const stage = await createDeployStage()
  const { status, out } = await stage.run(DEPLOY, ['--dry-run'], { ...CI_SECRETS, SLACK_SIGNING_SECRET: '' })
  expect(status).toBe(0)
  expect(stage.calls()).toEqual([])
  const printed = out
    .split('\n')
    .flatMap((line) => /^ {2}\$ (.*)/.exec(line)?.[1]?.split(/ --|\s+'?</)[0] ?? [])
  for (const step of STEPS.filter((line) => !/get-ingestion-job|queues info/.test(line)))
    expect(printed).toContain(step)
  for (const secret of Object.values(SECRETS)) expect(out).not.toContain(secret)
})

test('an app that is there already is changed by hand, and moved over by its one address at the end', async () => {
  const stage = await createDeployStage()
  stage.slack.scopes = stage.slack.scopes.filter((scope) => scope !== 'im:write' && scope !== 'users:read')
  const args = ['--yes', '--confluence-user', 'ada@fake.example', '--slack-app', 'A00FAKE']
  const lacking = await stage.run(DEPLOY, args, CI_SECRETS)
  expect(lacking.out).toContain('https://api.slack.com/apps/A00FAKE')
  for (const path of ['/slack/interactivity', '/slack/commands'])
    expect(lacking.out).toContain(`${EDGE_URL}${path}`)
  for (const scope of Object.keys(BOT_SCOPES)) expect(lacking.out).toContain(scope)
  // Not before both tiers can do what the app does today; and the bot of today might answer every message.
  for (const later of [`${EDGE_URL}/slack/events`, 'message.channels'])
    expect(lacking.out).not.toContain(later)
  expect([lacking.status, lacking.err]).toEqual([
    1,
    expect.stringContaining('add the scopes im:write, users:read'),
  ])

  stage.slack.scopes = Object.keys(BOT_SCOPES)
  const moved = await stage.run(DEPLOY, args, CI_SECRETS)
  for (const last of [`${EDGE_URL}/slack/events`, ...Object.keys(BOT_EVENTS)]) {
    expect(moved.out.lastIndexOf(last)).toBeGreaterThan(moved.out.indexOf('The app A00FAKE'))
  }
  expect([moved.status, moved.err]).toEqual([0, ''])

  // From one app to another: both of its secrets are wanted again, and the token has to be that app's.
  const { SLACK_SIGNING_SECRET: _, ...without } = CI_SECRETS
  const other = ['--yes', '--slack-app', 'A00OTHER']
  expect((await stage.run(DEPLOY, other, without)).err).toContain('Give SLACK_SIGNING_SECRET')
  stage.calls()
  expect(
    (await stage.run(DEPLOY, other, { ...CI_SECRETS, SLACK_BOT_TOKEN: 'xoxb-another-fake-token' })).err,
  ).toContain('A00FAKE, and not of A00OTHER')
  expect(stage.lines()).not.toContain('aws secretsmanager put-secret-value')
})
