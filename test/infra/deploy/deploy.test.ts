import { describe, expect, test } from 'vitest'
import { readCliOptions } from '../../../infra/deploy/terminal/cli-options.ts'
import { BOT_EVENTS, BOT_SCOPES } from '../../../infra/settings/slack-manifest.ts'
import { UsageError } from '../../../infra/settings/user-error.ts'
import { createDeployStage } from './deploy-stage.ts'
import { ARN, CI_FLAGS, CI_SECRETS, SECRETS } from './empty-world.ts'
import { fullLine } from './expected-calls.ts'

const EDGE_URL = 'https://vera-edge.fake.workers.dev'
const DONE = { status: 0, err: '' }

test('deploy skips finished steps and goes on after a step that failed', async () => {
  const stage = await createDeployStage()
  // A new account cannot reserve concurrency, and the person reads which quota to request.
  Object.assign(stage.world, { concurrency: 10 })
  const done: string[] = []
  const deploy = async () => {
    const ran = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
    const calls = stage.calls()
    const lines = calls.map(fullLine)
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
    expect(err).toMatch(/failed with status 1.*run the command again/s)
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
  expect(last).toMatchObject(DONE)
  expect(last.out).toMatch(/at least 120 for "Concurrent executions" \(L-B99A9384\)/)

  const times = (line: string) => done.filter((one) => one.includes(line)).length
  expect(times('queues create vera-handoffs')).toBe(3)
  // The source is ingested once, whatever fails later. knowledge.test.ts has ingestions that fail.
  expect(times('start-ingestion-job')).toBe(1)
  expect(times('put-secret-value')).toBe(4)
  expect(stage.world).toMatchObject({
    queues: ['vera-handoffs', 'vera-handoffs-dead'],
    jobs: [{ status: 'COMPLETE' }],
  })

  // A later release needs no secret from the person: all are stored.
  stage.failOnce('secret list')
  expect(await stage.run('deploy', ['--yes'])).toMatchObject({ status: 1 })
  expect(stage.lines().at(-1)).toBe('wrangler secret list')
  expect(await stage.run('deploy', ['--yes'])).toMatchObject(DONE)
  const lines = stage.lines()
  expect(lines).toContain('wrangler deploy')
  expect(lines.filter((line) => /create|put|start-|update-/.test(line))).toEqual([])
})

test.each([
  ['for the alias', ['lambda get-alias', 'lambda update-alias']],
  [
    'for a queue',
    ['queues info vera-handoffs', 'queues create vera-handoffs', 'queues info vera-handoffs-dead'],
  ],
  ['for a secret', [ARN.wiki, ARN.edge, ARN.slack].map((arn) => `get-secret-value --secret-id ${arn}`)],
])('deploy ends if a call %s fails, and the next run goes on', async (_, steps) => {
  const stage = await createDeployStage()
  // The alias points elsewhere, as after a rollback.
  Object.assign(stage.world, { alias: '0' })
  for (const failing of steps) {
    stage.failOnce(failing)
    expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({
      status: 1,
      err: expect.stringContaining('a fake failure'),
    })
    expect(stage.calls().map(fullLine).at(-1)).toContain(failing)
  }
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject(DONE)
  expect(stage.world).toMatchObject({ alias: '1', live: expect.stringMatching(/^version-/) })
})

test('deploy without a terminal names the option or variable for a missing answer', async () => {
  const stage = await createDeployStage()
  const user = ['--confluence-user', 'ada@fake.example']
  for (const [args, given, name] of [
    [user, CI_SECRETS, '--yes'],
    [['--yes'], CI_SECRETS, '--confluence-user'],
    [['--yes', ...user], {}, 'CONFLUENCE_API_TOKEN'],
  ] as const) {
    const { status, err } = await stage.run('deploy', args, given)
    expect([status, err]).toEqual([1, expect.stringContaining(`Provide ${name}`)])
  }
})

describe('the command line', () => {
  test.each([
    [['--what'], {}, "Unknown option '--what'"],
    [['more'], {}, "Unexpected argument 'more'"],
    [['--slack-app', 'vera'], {}, '--slack-app'],
    [[], { SLACK_BOT_TOKEN: 'xoxp-a-token-of-a-person' }, 'SLACK_BOT_TOKEN: expected a bot token'],
    [[], { SLACK_SIGNING_SECRET: SECRETS.bot }, 'SLACK_SIGNING_SECRET'],
    [[], { CONFLUENCE_API_TOKEN: 'short' }, 'CONFLUENCE_API_TOKEN'],
  ])(
    '%j with the variables %j is refused in a sentence without the value',
    (args, env: Record<string, string>, sentence) => {
      const read = () => readCliOptions(args, env, ['yes', 'slack-app'])
      expect(read).toThrow(UsageError)
      expect(read).toThrow(sentence)
      for (const value of Object.values(env)) expect(read).not.toThrow(value)
    },
  )

  test.each([
    ['destroy', 'dry-run'],
    ['destroy', 'yes'],
    ['deploy', 'dry-run'],
    ['rollback', 'yes'],
  ] as const)('npm run %s --%s does nothing, because npm keeps the option', async (command, option) => {
    const stage = await createDeployStage()
    // The variables that npm sets.
    const env = { npm_lifecycle_event: command, [`npm_config_${option.replace('-', '_')}`]: 'true' }
    const ran = await stage.run(command, [], env)
    expect([ran.status, ran.err]).toEqual([
      2,
      expect.stringContaining(`run "npm run ${command} -- --${option}"`),
    ])
    expect(stage.calls()).toEqual([])
    expect((await stage.run(command, [`--${option}`, '--help'], env)).status).toBe(0)
  })
})

test('deploy lets a person change an existing app first, and move its events at the end', async () => {
  const stage = await createDeployStage()
  stage.slack.scopes = stage.slack.scopes.filter((scope) => scope !== 'im:write' && scope !== 'users:read')
  const args = ['--yes', '--confluence-user', 'ada@fake.example', '--slack-app', 'A00FAKE']
  const lacking = await stage.run('deploy', args, CI_SECRETS)
  expect(lacking.out).toContain('https://api.slack.com/apps/A00FAKE')
  for (const path of ['/slack/interactivity', '/slack/commands'])
    expect(lacking.out).toContain(`${EDGE_URL}${path}`)
  for (const scope of Object.keys(BOT_SCOPES)) expect(lacking.out).toContain(scope)
  // The events must not change before both tiers work: until then the old program might answer every message.
  for (const later of [`${EDGE_URL}/slack/events`, 'message.channels'])
    expect(lacking.out).not.toContain(later)
  expect([lacking.status, lacking.err]).toEqual([
    1,
    expect.stringContaining('add the scopes im:write, users:read'),
  ])

  stage.slack.scopes = Object.keys(BOT_SCOPES)
  const moved = await stage.run('deploy', args, CI_SECRETS)
  for (const last of [`${EDGE_URL}/slack/events`, ...Object.keys(BOT_EVENTS)]) {
    expect(moved.out.lastIndexOf(last)).toBeGreaterThan(moved.out.indexOf('The app A00FAKE'))
  }
  expect(moved.out).toContain('The app A00FAKE')
  expect(moved).toMatchObject(DONE)

  // A move to another app needs both secrets again, and the token must belong to that app.
  const { SLACK_SIGNING_SECRET: _, ...without } = CI_SECRETS
  const other = ['--yes', '--slack-app', 'A00OTHER']
  expect((await stage.run('deploy', other, without)).err).toContain('Provide SLACK_SIGNING_SECRET')
  stage.calls()
  expect(
    (await stage.run('deploy', other, { ...CI_SECRETS, SLACK_BOT_TOKEN: 'xoxb-another-fake-token' })).err,
  ).toContain('A00FAKE, not to A00OTHER')
  const lines = stage.lines()
  expect(lines).toContain('aws secretsmanager get-secret-value')
  expect(lines).not.toContain('aws secretsmanager put-secret-value')
})
