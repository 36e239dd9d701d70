import { describe, expect, test } from 'vitest'
import type { Sections } from '../../../infra/settings/sections.ts'
import { fakeSections } from '../fake-sections.ts'
import { createDeployStage, type DeployStage } from './deploy-stage.ts'
import { ARN, CI_FLAGS, CI_SECRETS, SECRETS, WIKI } from './empty-world.ts'
import { FAILED } from './world.ts'

const knowledge: Sections['knowledge'] = {
  ...fakeSections.knowledge,
  bases: [{ name: 'wiki', source: 'confluence', site: 'https://fake.atlassian.invalid' }],
}
const HANDBOOK = {
  ...WIKI,
  name: 'handbook',
  knowledgeBaseId: 'KB00FAKE01',
  credentialsArn: 'arn:fake:handbook',
}

/** A stage on which everything is deployed and the wiki is ingested. */
async function createDeployedStage(): Promise<DeployStage> {
  const stage = await createDeployStage()
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
  stage.calls()
  return stage
}

const starts = (stage: DeployStage) =>
  stage.lines().filter((line) => line.endsWith('start-ingestion-job')).length
const secretIn = (stage: DeployStage, arn: string) => JSON.parse(stage.world.secrets[arn] ?? '')

describe('deploy finishes the other steps if', () => {
  test.each(['list-ingestion-jobs', 'start-ingestion-job', 'get-ingestion-job'])(
    '%s fails, exits with status 1, and ingests in the next run',
    async (failing) => {
      const stage = await createDeployStage()
      stage.failOnce(failing)
      const first = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
      // The Worker and Slack work, and the exit status says that something is missing.
      expect([first.status, first.err]).toEqual([
        1,
        expect.stringMatching(new RegExp(`${failing} .* failed with status 1`)),
      ])
      expect(stage.world).toMatchObject({ live: 'version-0' })
      expect(secretIn(stage, ARN.slack)).toMatchObject({ appId: 'A00FAKE' })
      expect(await stage.run('deploy', ['--yes'])).toMatchObject({ status: 0, err: '' })
      expect(stage.world.jobs.at(-1)?.status).toBe('COMPLETE')
    },
  )

  test('the first ingestion fails, and exits with status 1', async () => {
    const stage = await createDeployStage()
    Object.assign(stage.world, { readable: false })
    const { status, err } = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
    expect([status, err]).toEqual([
      1,
      expect.stringContaining('"wiki" could not ingest its source: The fake token was refused.'),
    ])
    expect(stage.world.live).toBe('version-0')
  })

  test('the last scheduled ingestion failed, warns, and starts another without waiting', async () => {
    const stage = await createDeployedStage()
    stage.world.jobs.push({
      ingestionJobId: 'JOB00NIGHT',
      ...FAILED,
      failureReasons: [...FAILED.failureReasons],
    })
    Object.assign(stage.world, {
      edge: 'a newer Worker',
      outputs: { ...stage.world.outputs, AnswerVersion: '2' },
    })
    const { status, out, err } = await stage.run('deploy', ['--yes'])
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(
      /The last ingestion of wiki failed: The fake token was refused\. It answers from what it ingested before/,
    )
    expect(stage.world).toMatchObject({ alias: '2', live: 'version-1' })
    // The command does not wait for it.
    expect(stage.world.jobs.at(-1)).toMatchObject({
      status: 'STARTING',
      description: WIKI.ingestionDescription,
    })
    expect(stage.lines().filter((line) => line.endsWith('get-ingestion-job'))).toHaveLength(1)
  })

  test('the last scheduled ingestion failed and another cannot be started, and warns', async () => {
    const stage = await createDeployedStage()
    stage.world.jobs.push({ ingestionJobId: 'JOB00NIGHT', status: 'STOPPED' })
    stage.failOnce('start-ingestion-job')
    const { status, out } = await stage.run('deploy', ['--yes'])
    expect([status, out]).toEqual([0, expect.stringContaining('a new one could not be started')])
  })
})

describe('a base that was ingested', () => {
  test('is left to its schedule if its source is the same', async () => {
    const stage = await createDeployedStage()
    stage.world.jobs.push({
      ingestionJobId: 'JOB00NIGHT',
      status: 'IN_PROGRESS',
      description: WIKI.ingestionDescription,
    })
    expect(await stage.run('deploy', ['--yes'])).toMatchObject({
      status: 0,
      out: expect.stringContaining('wiki is ingested'),
    })
    expect(starts(stage)).toBe(0)
  })

  test('is ingested again, once, if its source has changed', async () => {
    const stage = await createDeployedStage()
    const moved = { ...WIKI, ingestionDescription: 'Source 0000000moved' }
    Object.assign(stage.world.outputs, { KnowledgeBases: JSON.stringify([moved]) })
    // A job that was started by hand is running.
    stage.world.jobs.push({ ingestionJobId: 'JOB00HAND0', status: 'STARTING' })
    expect(await stage.run('deploy', ['--yes'])).toMatchObject({
      status: 0,
      out: expect.stringContaining('wiki is ingested: 7 pages'),
    })
    expect(starts(stage)).toBe(1)
    expect(stage.world.jobs.at(-1)).toMatchObject({
      status: 'COMPLETE',
      description: moved.ingestionDescription,
    })
    // The next deployment does not ingest again.
    expect(await stage.run('deploy', ['--yes'])).toMatchObject({ status: 0 })
    expect(starts(stage)).toBe(0)
  })
})

describe('the Confluence user and token', () => {
  test('are both needed for another user, and the base is ingested again', async () => {
    const stage = await createDeployedStage()
    const grace = ['--yes', '--confluence-user', 'grace@fake.example']
    expect(await stage.run('deploy', grace)).toMatchObject({
      status: 1,
      err: expect.stringContaining('Provide CONFLUENCE_API_TOKEN'),
    })
    expect(secretIn(stage, ARN.wiki)).toMatchObject({ username: 'ada@fake.example' })
    stage.calls()
    expect(await stage.run('deploy', grace, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
    expect(secretIn(stage, ARN.wiki)).toEqual({
      username: 'grace@fake.example',
      password: SECRETS.confluence,
    })
    // Another user may see other pages.
    expect(starts(stage)).toBe(1)
  })

  test('are used by a new ingestion after the one that is running', async () => {
    const stage = await createDeployedStage()
    stage.world.jobs.push({
      ingestionJobId: 'JOB00NIGHT',
      status: 'STARTING',
      description: WIKI.ingestionDescription,
    })
    const grace = ['--yes', '--confluence-user', 'grace@fake.example']
    expect(await stage.run('deploy', grace, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
    expect(starts(stage)).toBe(1)
    expect(stage.world.jobs.map(({ status }) => status)).toEqual(['COMPLETE', 'COMPLETE', 'COMPLETE'])
  })

  test('are not asked for if the user is the same', async () => {
    const stage = await createDeployedStage()
    expect(await stage.run('deploy', ['--yes', '--confluence-user', 'ada@fake.example'])).toMatchObject({
      status: 0,
      err: '',
    })
    expect(starts(stage)).toBe(0)
  })

  test('are copied to a base that is added later', async () => {
    const stage = await createDeployedStage()
    Object.assign(stage.world.outputs, { KnowledgeBases: JSON.stringify([WIKI, HANDBOOK]) })
    stage.world.secrets[HANDBOOK.credentialsArn] = JSON.stringify({
      username: 'not-set',
      password: 'generated',
    })
    expect(await stage.run('deploy', ['--yes'])).toMatchObject({ status: 0, err: '' })
    expect(secretIn(stage, HANDBOOK.credentialsArn)).toEqual(secretIn(stage, ARN.wiki))
  })

  test('are not printed if the secret is not valid JSON', async () => {
    const stage = await createDeployedStage()
    stage.world.secrets[ARN.wiki] = SECRETS.confluence
    const { status, out, err } = await stage.run('deploy', ['--yes'])
    expect([status, err]).toEqual([
      1,
      expect.stringContaining(`The value of the secret ${ARN.wiki} is not valid JSON`),
    ])
    expect(out + err).not.toContain(SECRETS.confluence)
  })
})

test('deploy reads secrets and ingests in the region of the knowledge', async () => {
  const stage = await createDeployStage({
    knowledge: { ...knowledge, region: 'us-west-2' },
  })
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
  const regions = stage.calls().flatMap(({ args }) => {
    const isOfTheBase = args.includes(ARN.wiki) || args.includes(WIKI.dataSourceId)
    return isOfTheBase ? [`${args[1]} ${args[args.indexOf('--region') + 1]}`] : []
  })
  expect(regions).toEqual([
    'get-secret-value us-west-2',
    'put-secret-value us-west-2',
    'list-ingestion-jobs us-west-2',
    'list-ingestion-jobs us-west-2',
    'start-ingestion-job us-west-2',
    'get-ingestion-job us-west-2',
  ])
})
