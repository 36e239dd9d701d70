import { describe, expect, test } from 'vitest'
import { findEarlierRelease, type WorkerVersion } from '../../../infra/deploy/steps/earlier-release.ts'
import { createDeployStage } from './deploy-stage.ts'
import { CI_FLAGS, CI_SECRETS } from './empty-world.ts'

test('rollback puts both tiers back by one release, also after a failure between them', async () => {
  const stage = await createDeployStage()
  const deploy = async (edge: string, AnswerVersion: string) => {
    Object.assign(stage.world, { edge, outputs: { ...stage.world.outputs, AnswerVersion } })
    expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({
      status: 0,
      err: '',
    })
    expect(stage.world.alias).toBe(AnswerVersion)
  }
  await deploy('the first Worker', '1')
  await deploy('the second Worker', '2')
  expect(await stage.run('rollback', [])).toMatchObject({
    status: 1,
    err: expect.stringContaining('Provide --yes'),
  })
  expect(stage.world).toMatchObject({ live: 'version-1', alias: '2' })

  // The second half fails, and the next run only finishes it.
  stage.calls()
  stage.failOnce('lambda update-alias')
  expect(await stage.run('rollback', ['--yes'])).toMatchObject({ status: 1 })
  expect(stage.world).toMatchObject({ live: 'version-0', alias: '2' })
  expect(stage.lines().slice(-2)).toEqual(['wrangler rollback version-0', 'aws lambda update-alias'])
  expect(await stage.run('rollback', ['--yes'])).toMatchObject({ status: 0, err: '' })
  expect(stage.world).toMatchObject({ live: 'version-0', alias: '1' })

  // Forward again: CloudFormation sees no difference, but the alias follows.
  await deploy('the second Worker', '2')
})

/** The calls of a rollback up to the first one that changes something. */
const CALLS = [
  'aws sts get-caller-identity',
  'wrangler deployments status',
  'wrangler versions list',
  'aws lambda get-alias',
  'aws cloudformation describe-stacks',
  'aws secretsmanager list-secret-version-ids',
  'aws lambda get-function-configuration',
  'wrangler rollback version-0',
]

test('rollback changes nothing if one of its checks fails', async () => {
  const stage = await createDeployStage()
  const before = { live: 'version-1', alias: '2' }
  Object.assign(stage.world, {
    ...before,
    stack: true,
    versions: versions('000000000001.1', '000000000002.2'),
  })
  for (const failing of CALLS) {
    stage.failOnce(failing)
    expect((await stage.run('rollback', ['--yes'])).status).toBe(1)
    expect(stage.lines()).toContain(failing)
    expect(stage.world).toMatchObject(before)
  }
  expect(await stage.run('rollback', ['--yes'])).toMatchObject({ status: 0, err: '' })
  expect(stage.world).toMatchObject({ live: 'version-0', alias: '1' })
})

test.each([
  ['a date, as version 2 of the AWS CLI prints it', '2026-01-01T00:30:00Z'],
  ['seconds, as version 1 of the AWS CLI prints it', Date.UTC(2026, 0, 1, 0, 30) / 1000],
])("rollback refuses if the Worker's AWS key was changed since: %s", async (_, keyCreatedOn) => {
  const stage = await createDeployStage()
  Object.assign(stage.world, {
    stack: true,
    live: 'version-1',
    alias: '2',
    keyCreatedOn,
    versions: versions('000000000001.1', '000000000002.2'),
  })
  const { status, err } = await stage.run('rollback', ['--yes'])
  expect([status, err]).toEqual([1, expect.stringMatching(/AWS key was changed .* Check out the commit/)])
  expect(stage.world.live).toBe('version-1')
})

test('rollback refuses if two versions of the Worker share its requests', async () => {
  const stage = await createDeployStage()
  Object.assign(stage.world, {
    stack: true,
    live: 'version-1',
    alsoLive: 'version-0',
    alias: '2',
    versions: versions('000000000001.1', '000000000002.2'),
  })
  const { status, err } = await stage.run('rollback', ['--yes'])
  expect([status, err]).toEqual([1, expect.stringContaining('Several versions of the Worker share')])
  expect(stage.lines()).not.toContain('wrangler versions list')
})

/** One version per minute. A version with a tag is a deployment, one without a tag is a changed secret. */
function versions(...tags: (string | undefined)[]): WorkerVersion[] {
  return tags.map((tag, minute) => ({
    id: `version-${minute}`,
    metadata: { created_on: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString() },
    annotations: tag === undefined ? { 'workers/triggered_by': 'secret' } : { 'workers/tag': tag },
  }))
}

const [FIRST, SECOND, THIRD] = ['00000000000a.1', '00000000000b.2', '00000000000c.3']

describe('findEarlierRelease', () => {
  test.each([
    ['the release that was deployed before the live one', [FIRST, SECOND], 1, 'version-0'],
    [
      'the last version of a release whose secrets were changed',
      [FIRST, undefined, undefined, SECOND],
      3,
      'version-2',
    ],
    [
      'the last version of the second release, for the third one',
      [FIRST, SECOND, undefined, THIRD],
      3,
      'version-2',
    ],
    [
      'another release, if the live one was deployed several times',
      [FIRST, SECOND, SECOND, SECOND],
      3,
      'version-0',
    ],
    ['an older release, if the live one comes from a rollback', [FIRST, SECOND, THIRD], 1, 'version-0'],
  ])('returns %s', (_, tags, live, to) => {
    const listed = versions(...tags)
    expect(findEarlierRelease(listed.toReversed(), `version-${live}`).versionId).toBe(to)
  })

  test.each([
    [
      'a secret was changed since the live release',
      [FIRST, SECOND, undefined],
      2,
      /would restore the old one/,
    ],
    ['there is no earlier release', [FIRST, FIRST], 1, /no earlier release/],
    ['the live version has no tag of ours', ['v1.0', 'v1.1'], 1, /not deployed by "npm run deploy"/],
    ['the live version is not in the list', [FIRST, SECOND], 7, /not deployed by "npm run deploy"/],
  ])('throws if %s', (_, tags, live, sentence) => {
    expect(() => findEarlierRelease(versions(...tags), `version-${live}`)).toThrow(sentence)
  })
})
