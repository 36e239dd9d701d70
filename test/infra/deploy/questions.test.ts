import { expect, test } from 'vitest'
import { createDeployStage } from './deploy-stage.ts'
import { ARN, CI_FLAGS, CI_SECRETS, SECRETS } from './empty-world.ts'
import { type Answer, CANCEL } from './scripted-prompts.ts'
import { FAILED } from './world.ts'

// Questions to a person, and the effect of the answers. terminal.test.ts shows the questions in a real
// terminal.

const YES: Answer = ['Deploy Fake', '']
const CONFLUENCE: Answer[] = [
  ['Mail address of the Confluence user', 'ada@fake.example'],
  ['API token of this user', SECRETS.confluence],
]
const SLACK: Answer[] = [
  ['from its page Basic Information', SECRETS.signing],
  ['which begins with xoxb-', SECRETS.bot],
]

test('deploy offers to enter the signing secret again until the app is connected', async () => {
  const stage = await createDeployStage()
  const answers: Answer[] = [
    YES,
    ...CONFLUENCE,
    ['Do you have an app in Slack', 'No'],
    // The Client Secret has the same form as the signing secret.
    ['from its page Basic Information', 'c'.repeat(32)],
    ['which begins with xoxb-', CANCEL],
  ]
  const first = await stage.run('deploy', [], {}, answers)
  expect([first.status, answers]).toEqual([130, []])
  expect(first.out).toMatch(/press "Create".*It must say "Verified".*Client Secret\. Run the command again/s)
  stage.calls()

  const corrections: Answer[] = [YES, ['The Worker has a signing secret', 'Enter it again'], ...SLACK]
  const again = await stage.run('deploy', [], {}, corrections)
  expect([again.status, corrections]).toEqual([0, []])
  expect(again.out).toContain('2. Under "Event Subscriptions"')
  expect(again.out).not.toContain('press "Create"')
  const put = stage.calls().find(({ args }) => args.join(' ') === 'secret put SLACK_SIGNING_SECRET')
  expect(put?.input).toBe(SECRETS.signing)

  // Once the app is connected, the secret is proved, and the command asks no more.
  const later: Answer[] = [YES]
  expect([(await stage.run('deploy', [], {}, later)).status, later]).toEqual([0, []])
})

test('deploy asks once which of several Cloudflare accounts to use', async () => {
  const stage = await createDeployStage()
  const accounts = ['one', 'two'].map((name) => ({ id: `${name}-fake-id`, name: `Fake account ${name}` }))
  Object.assign(stage.world, { accounts })
  const place = 'Deploy Fake to AWS account 000000000000 and Cloudflare account Fake account two?'
  for (const asked of [['Which Cloudflare account?', 'two'] as const, undefined]) {
    const answers: Answer[] = [...(asked ? [[...asked] satisfies Answer] : []), [place, CANCEL]]
    expect([(await stage.run('deploy', [], {}, answers)).status, answers]).toEqual([130, []])
  }
  const onQueues = stage.calls().filter(({ args }) => args[0] === 'queues')
  expect(onQueues.map(({ env }) => env.CLOUDFLARE_ACCOUNT_ID)).toEqual(['two-fake-id', 'two-fake-id'])
})

test('deploy offers to change the Confluence user and token if the last ingestion failed', async () => {
  const stage = await createDeployStage()
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0 })
  const fails = () =>
    stage.world.jobs.push({
      ingestionJobId: `JOB00NIGHT${stage.world.jobs.length}`,
      ...FAILED,
      failureReasons: [...FAILED.failureReasons],
    })
  fails()
  stage.calls()
  const why = 'The last ingestion of wiki failed: The fake token was refused.'
  const keep: Answer[] = [YES, [why, 'Keep both']]
  expect([(await stage.run('deploy', [], {}, keep)).status, keep]).toEqual([0, []])
  const lines = stage.lines()
  expect(lines).toContain('aws bedrock-agent start-ingestion-job')
  expect(lines).not.toContain('aws secretsmanager put-secret-value')

  // If Bedrock does not answer, the deployment goes on without the question.
  fails()
  stage.failOnce('list-ingestion-jobs')
  const unknown: Answer[] = [YES]
  const { status, out } = await stage.run('deploy', [], {}, unknown)
  expect([status, unknown]).toEqual([0, []])
  expect(out).toContain('The fake token was refused.')

  fails()
  const other = 'another-fake-confluence-token'
  const change: Answer[] = [
    YES,
    [why, 'Change the user or the token'],
    ['Mail address of the Confluence user', ''],
    ['API token of this user', other],
  ]
  const changed = await stage.run('deploy', [], {}, change)
  expect([changed.status, change]).toEqual([0, []])
  expect(changed.out).not.toContain(other)
  expect(JSON.parse(stage.world.secrets[ARN.wiki] ?? '')).toEqual({
    username: 'ada@fake.example',
    password: other,
  })
  expect(stage.world.jobs.at(-1)?.status).toBe('COMPLETE')
})

test.each([
  ['destroy', 'Remove Fake from AWS account'],
  ['rollback', 'Go back to the Worker'],
] as const)('%s does nothing if the person only presses Enter', async (command, question) => {
  const stage = await createDeployStage()
  for (const edge of ['a fake Worker', 'another fake Worker']) {
    stage.world.edge = edge
    expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0 })
  }
  const before = structuredClone(stage.world)
  const answers: Answer[] = [[question, '']]
  expect([(await stage.run(command, [], {}, answers)).status, answers]).toEqual([130, []])
  expect(stage.world).toEqual(before)
})
