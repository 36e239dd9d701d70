import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeSections } from '../fake-sections.ts'
import { createDeployStage, type DeployStage } from './deploy-stage.ts'
import { ARN, CI_FLAGS, CI_SECRETS } from './empty-world.ts'

const OTHER = { SLACK_SIGNING_SECRET: 'f'.repeat(32), SLACK_BOT_TOKEN: 'xoxb-fake-token-of-another' }

/** A stage on which everything is deployed, with the app A00FAKE. */
async function createDeployedStage(): Promise<DeployStage> {
  const stage = await createDeployStage()
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
  stage.slack.apps[OTHER.SLACK_BOT_TOKEN] = 'A00OTHER'
  stage.calls()
  return stage
}

const appIn = (stage: DeployStage) => JSON.parse(stage.world.secrets[ARN.slack] ?? '').appId
const signing = (stage: DeployStage) => stage.world.edgeSecrets.SLACK_SIGNING_SECRET

/**
 * A stage with an unfinished move: the Worker has the signing secret of A00OTHER, but its token is not stored
 * yet.
 */
async function createHalfMovedStage(): Promise<DeployStage> {
  const stage = await createDeployedStage()
  const half = await stage.run('deploy', ['--yes', '--slack-app', 'A00OTHER'], {
    SLACK_SIGNING_SECRET: OTHER.SLACK_SIGNING_SECRET,
  })
  expect([half.status, half.err]).toEqual([1, expect.stringContaining('Provide SLACK_BOT_TOKEN')])
  expect([signing(stage), appIn(stage)]).toEqual([OTHER.SLACK_SIGNING_SECRET, 'A00FAKE'])
  return stage
}

test('deploy continues an unfinished move to another app, and asks for its signing secret again', async () => {
  const stage = await createHalfMovedStage()
  const plain = await stage.run('deploy', ['--yes'])
  expect([plain.status, plain.err]).toEqual([1, expect.stringContaining('Provide SLACK_SIGNING_SECRET')])
  expect(await stage.run('deploy', ['--yes'], OTHER)).toMatchObject({ status: 0, err: '' })
  expect(appIn(stage)).toBe('A00OTHER')
  expect(stage.remembered()).toMatchObject({ slackApp: 'A00OTHER' })
  expect(stage.remembered()).not.toHaveProperty('movesTo')
  expect(await stage.run('deploy', ['--yes'])).toMatchObject({ status: 0, err: '' })
})

test('deploy takes an unfinished move back if the person names the old app', async () => {
  const stage = await createHalfMovedStage()
  const back = ['--yes', '--slack-app', 'A00FAKE']
  const without = await stage.run('deploy', back)
  expect([without.status, without.err]).toEqual([1, expect.stringContaining('Provide SLACK_SIGNING_SECRET')])
  expect(
    await stage.run('deploy', back, { SLACK_SIGNING_SECRET: CI_SECRETS.SLACK_SIGNING_SECRET }),
  ).toMatchObject({
    status: 0,
    err: '',
  })
  expect([signing(stage), appIn(stage)]).toEqual([CI_SECRETS.SLACK_SIGNING_SECRET, 'A00FAKE'])
  expect(await stage.run('deploy', ['--yes'])).toMatchObject({ status: 0, err: '' })
})

test('deploy asks for the signing secret of a new app that replaces a deleted one', async () => {
  const stage = await createDeployedStage()
  stage.slack.refused = [CI_SECRETS.SLACK_BOT_TOKEN]
  const replace = ['--yes', '--slack-app', 'new']
  const lacking = await stage.run('deploy', replace, { SLACK_BOT_TOKEN: OTHER.SLACK_BOT_TOKEN })
  expect([lacking.status, lacking.err]).toEqual([1, expect.stringContaining('Provide SLACK_SIGNING_SECRET')])
  expect(appIn(stage)).toBe('A00FAKE')
  expect(await stage.run('deploy', replace, OTHER)).toMatchObject({ status: 0, err: '' })
  expect([signing(stage), appIn(stage)]).toEqual([OTHER.SLACK_SIGNING_SECRET, 'A00OTHER'])
})

test('deploy remembers that the app is new, and that the person may have created it', async () => {
  const stage = await createDeployStage()
  const before = { CONFLUENCE_API_TOKEN: CI_SECRETS.CONFLUENCE_API_TOKEN }
  const first = await stage.run('deploy', CI_FLAGS, before)
  expect([first.out, first.err]).toEqual([
    expect.stringContaining('1. Open this link'),
    expect.stringContaining('SLACK_SIGNING_SECRET'),
  ])
  const again = await stage.run('deploy', ['--yes'])
  expect(again.out).toContain('1. If you have not created the app yet, open this link')
  expect(again.err).toContain('Provide SLACK_SIGNING_SECRET')
  const signed = await stage.run('deploy', ['--yes'], {
    SLACK_SIGNING_SECRET: CI_SECRETS.SLACK_SIGNING_SECRET,
  })
  expect([signed.out, signed.err]).toEqual([
    expect.not.stringContaining('open this link'),
    expect.stringContaining('Provide SLACK_BOT_TOKEN'),
  ])
  expect(signed.out).toContain('2. Under "Event Subscriptions"')
})

test('deploy renews a refused token and keeps the signing secret', async () => {
  const stage = await createDeployedStage()
  stage.slack.refused = [CI_SECRETS.SLACK_BOT_TOKEN]
  // The command finds the app without its local state, and prints no steps to change or move it.
  rmSync(join(stage.dir, '.vera.json'))
  const lacking = await stage.run('deploy', ['--yes'])
  expect(lacking).toMatchObject({
    out: expect.stringContaining('token of the app A00FAKE'),
    err: expect.stringContaining('Provide SLACK_BOT_TOKEN'),
  })
  const renewed = await stage.run('deploy', ['--yes'], { SLACK_BOT_TOKEN: 'xoxb-renewed-fake-token' })
  expect(renewed).toMatchObject({ status: 0, err: '' })
  for (const { out } of [lacking, renewed]) expect(out).not.toMatch(/by hand|move the app|press "Create"/)
  expect(JSON.parse(stage.world.secrets[ARN.slack] ?? '').botToken).toBe('xoxb-renewed-fake-token')
  expect(signing(stage)).toBe(CI_SECRETS.SLACK_SIGNING_SECRET)
  expect(renewed.out).toContain('The app A00FAKE')
})

test('deploy says once that the manifest has changed', async () => {
  const stage = await createDeployedStage()
  const told = async () => {
    const { status, out } = await stage.run('deploy', ['--yes'])
    expect([status, out]).toEqual([0, expect.stringContaining('The app A00FAKE')])
    return out.includes('https://api.slack.com/apps/A00FAKE/app-manifest')
  }
  expect(await told()).toBe(false)
  stage.world.targets = ['https://vera-edge.elsewhere.workers.dev']
  expect([await told(), await told()]).toEqual([true, false])
  stage.sections.identity = { ...fakeSections.identity, description: 'Another fake assistant.' }
  expect([await told(), await told()]).toEqual([true, false])
})
