import { expect, test } from 'vitest'
import { fakeSections } from '../fake-sections.ts'
import { createDeployStage } from './deploy-stage.ts'
import { CI_FLAGS, CI_SECRETS } from './empty-world.ts'

test('destroy lists what will remain, and then removes everything in an order that works', async () => {
  const stage = await createDeployStage()
  Object.assign(stage.world, {
    stack: true,
    queues: ['vera-handoffs', 'vera-handoffs-dead'],
    live: 'version-0',
    keys: ['AKIA00OWN', 'AKIA00SECOND'],
  })
  const asked = await stage.run('destroy', [])
  expect([asked.status, asked.err]).toEqual([1, expect.stringContaining('Provide --yes')])
  for (const kept of [
    'delete-table --table-name fake-turns --region us-east-1',
    'bucket',
    'app in Slack',
    '30 days',
  ])
    expect(asked.out).toContain(kept)
  expect(stage.lines().sort()).toEqual([
    'aws cloudformation describe-stacks',
    'aws sts get-caller-identity',
    'wrangler whoami',
  ])

  // Each part can fail, and the next run tries it again.
  for (const failing of ['wrangler delete vera-edge', 'aws iam delete-access-key', 'cdk destroy']) {
    stage.failOnce(failing)
    const { status, err } = await stage.run('destroy', ['--yes'])
    expect([status, err]).toEqual([1, expect.stringContaining('a fake failure')])
    expect(stage.lines().at(-1)).toBe(failing)
  }
  const { status, err } = await stage.run('destroy', ['--yes'])
  expect([status, err]).toEqual([0, ''])
  expect(stage.world).toMatchObject({ stack: false, queues: [], live: '', keys: ['AKIA00OWN'] })
  expect(stage.lines().slice(3)).toEqual([
    'aws bedrock-agent list-ingestion-jobs',
    'wrangler queues consumer remove vera-handoffs vera-edge',
    'wrangler delete vera-edge',
    'wrangler queues delete vera-handoffs',
    'wrangler queues delete vera-handoffs-dead',
    'aws iam list-access-keys',
    'aws cloudformation describe-stack-resources',
    'cdk destroy',
  ])
})

test('destroy stops a running ingestion before it removes anything', async () => {
  const stage = await createDeployStage()
  const job = { ingestionJobId: 'JOB00NIGHT', status: 'IN_PROGRESS' } as const
  Object.assign(stage.world, { stack: true, live: 'version-0', jobs: [{ ...job }] })
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
  expect(stage.world).toMatchObject({ stack: false, jobs: [{ status: 'STOPPED' }] })
  expect(stage.lines().slice(3, 8)).toEqual([
    'aws bedrock-agent list-ingestion-jobs',
    'aws bedrock-agent stop-ingestion-job',
    'aws bedrock-agent get-ingestion-job',
    'aws bedrock-agent get-ingestion-job',
    'wrangler queues consumer remove vera-handoffs vera-edge',
  ])

  // If a job cannot be stopped, nothing is removed. If it has ended by itself, destroy goes on.
  Object.assign(stage.world, { stack: true, live: 'version-0', jobs: [{ ...job }] })
  stage.failOnce('stop-ingestion-job')
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({
    status: 1,
    err: expect.stringContaining('a fake failure'),
  })
  expect(stage.world).toMatchObject({ stack: true, live: 'version-0' })
  stage.failOnce('list-ingestion-jobs', 'An error occurred (ResourceNotFoundException)')
  Object.assign(stage.world, { jobs: [] })
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
  Object.assign(stage.world, { stack: true, live: 'version-0', jobs: [{ ...job, status: 'STARTING' }] })
  stage.failOnce('stop-ingestion-job', 'An error occurred (ConflictException)')
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
})

test('destroy waits for an ingestion that is stopping already, and does not stop it again', async () => {
  const stage = await createDeployStage()
  Object.assign(stage.world, {
    stack: true,
    live: 'version-0',
    jobs: [{ ingestionJobId: 'JOB00NIGHT', status: 'STOPPING' }],
  })
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
  expect(stage.world).toMatchObject({ stack: false, jobs: [{ status: 'STOPPED' }] })
  const lines = stage.lines()
  expect(lines).toContain('aws bedrock-agent get-ingestion-job')
  expect(lines).not.toContain('aws bedrock-agent stop-ingestion-job')
})

test('destroy stops ingestion in the region of the knowledge', async () => {
  const stage = await createDeployStage({ knowledge: { ...fakeSections.knowledge, region: 'us-west-2' } })
  Object.assign(stage.world, {
    stack: true,
    live: 'version-0',
    jobs: [{ ingestionJobId: 'JOB00NIGHT', status: 'STARTING' }],
  })
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
  const lines = stage.calls().map(({ args }) => args.join(' '))
  expect(lines).toContain(
    'cloudformation describe-stacks --stack-name Vera-us-west-2 --region us-west-2 --output json',
  )
  expect(lines).toContainEqual(expect.stringMatching(/stop-ingestion-job .*--region us-west-2/))
})

test.each([
  'aws cloudformation describe-stacks',
  'aws bedrock-agent list-ingestion-jobs',
  'wrangler queues consumer remove vera-handoffs vera-edge',
  'wrangler queues delete vera-handoffs',
  'wrangler queues delete vera-handoffs-dead',
  'aws iam list-access-keys',
  'aws cloudformation describe-stack-resources',
])('destroy ends if %s fails, and the next run goes on', async (failing) => {
  const stage = await createDeployStage()
  Object.assign(stage.world, {
    stack: true,
    queues: ['vera-handoffs', 'vera-handoffs-dead'],
    live: 'version-0',
  })
  stage.failOnce(failing)
  expect((await stage.run('destroy', ['--yes'])).status).toBe(1)
  expect(stage.lines().at(-1)).toBe(failing)
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
  expect(stage.world).toMatchObject({ stack: false, queues: [], live: '' })
})

test('destroy forgets the app and the Worker, so the next deploy asks for a new app', async () => {
  const stage = await createDeployStage()
  const secrets = structuredClone(stage.world.secrets)
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({
    status: 0,
    err: '',
  })
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
  expect(stage.remembered()).toEqual({ confluenceUser: 'ada@fake.example' })

  Object.assign(stage.world, { secrets })
  const { SLACK_SIGNING_SECRET: _, ...before } = CI_SECRETS
  const next = await stage.run('deploy', CI_FLAGS, before)
  expect(next.out).toContain('1. Open this link')
})

test('destroy succeeds if nothing is left', async () => {
  const stage = await createDeployStage()
  const { status, err } = await stage.run('destroy', ['--yes'])
  expect([status, err]).toEqual([0, ''])
  const lines = stage.lines()
  expect(lines).toContain('cdk destroy')
  expect(lines).not.toContain('aws iam list-access-keys')
})

test("destroy succeeds if the edge's user is already gone", async () => {
  const stage = await createDeployStage()
  // The stack still has its outputs, but the user that they name is gone.
  Object.assign(stage.world, { stack: true, keys: undefined })
  expect(await stage.run('destroy', ['--yes'])).toMatchObject({ status: 0, err: '' })
  expect(stage.world.stack).toBe(false)
})
