import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type IngestionJob, isRunning } from '../../../infra/deploy/steps/ingestion.ts'
import { readTag, toTag } from '../../../infra/deploy/steps/release.ts'
import { followIngestion } from '../../../infra/deploy/steps/sync.ts'
import { openLocalState } from '../../../infra/deploy/terminal/local-state.ts'
import { readWranglerConfig, writeRegion } from '../../../infra/deploy/terminal/wrangler-config.ts'
import { ANSWER_FUNCTION } from '../../../infra/settings/function-names.ts'
import { stackRegions } from '../../../infra/settings/placement.ts'
import * as playground from '../../../playground/account.ts'
import { fakeSections } from '../fake-sections.ts'
import { synthesize } from '../synthesized.ts'
import { createDeployStage, WIKI } from './deploy-stage.ts'

describe('following a reading of the source', () => {
  /** Goes through `jobs`, one a look, and stays at the last. */
  async function followed(...jobs: Omit<IngestionJob, 'ingestionJobId'>[]) {
    const told: string[] = []
    const waits: number[] = []
    const output = { step: tell, ok: tell, warning: tell, error: tell, print: tell }
    function tell(line: string): void {
      told.push(line.trim())
    }
    const left = jobs.map((job) => ({ ingestionJobId: 'JOB00FAKE0', ...job }))
    const get = async () => (left.length > 1 ? left.shift() : left[0]) as IngestionJob
    const sleep = async (ms: number) => void waits.push(ms)
    const ended = await followIngestion(
      { output },
      { get },
      WIKI,
      { ingestionJobId: 'JOB00FAKE0', status: 'STARTING' },
      sleep,
    ).catch(String)
    return { told, waits, ended }
  }
  const at = (seen: number, kept: number) => ({
    numberOfDocumentsScanned: seen,
    numberOfNewDocumentsIndexed: kept,
  })

  test('tells what is new, and waits longer each time', async () => {
    const { told, waits } = await followed(
      { status: 'IN_PROGRESS', statistics: at(10, 0) },
      { status: 'IN_PROGRESS', statistics: at(10, 0) },
      { status: 'IN_PROGRESS', statistics: at(40, 10) },
      { status: 'COMPLETE', statistics: at(40, 40) },
    )
    expect(told).toEqual([
      'wiki: 10 pages seen, 0 taken in',
      'wiki: 40 pages seen, 10 taken in',
      'wiki has been read: 40 pages seen, 40 taken in',
    ])
    expect(waits).toEqual([500, 1000, 2000, 4000])
  })

  test('gives up waiting, not the reading, after half an hour', async () => {
    const { told, waits, ended } = await followed({ status: 'IN_PROGRESS', statistics: at(90_000, 5) })
    const waited = waits.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeGreaterThanOrEqual(30 * 60_000)
    expect(waited).toBeLessThan(31 * 60_000)
    expect([told.at(-1), ended]).toEqual([expect.stringContaining('It goes on by itself'), undefined])
  })

  test('says why it failed, and that the token can be given anew', async () => {
    const { ended } = await followed({ status: 'FAILED', failureReasons: ['The fake token was refused.'] })
    expect(ended).toMatch(
      /"wiki" could not read its source: The fake token was refused\. .*asks for the user and the token anew/,
    )
  })

  test('says that nothing was there to read', async () => {
    const { told } = await followed({ status: 'COMPLETE', statistics: at(0, 0) })
    expect(told).toEqual([expect.stringContaining('no page that its user may see')])
  })

  test.each(['COMPLETE', 'FAILED', 'STOPPED'] as const)('%s is an end', (status) => {
    expect(isRunning({ ingestionJobId: 'JOB00FAKE0', status })).toBe(false)
  })
})

describe('wrangler.toml', () => {
  test('is read for what a deployment makes', () => {
    const { worker, consumedQueues, queues } = readWranglerConfig('.')
    expect({ worker, consumedQueues, queues }).toEqual({
      worker: 'vera-edge',
      consumedQueues: ['vera-handoffs'],
      queues: ['vera-handoffs', 'vera-handoffs-dead'],
    })
  })

  test('gets the region and nothing else, and wrangler builds what comes of it', async () => {
    const { dir } = await createDeployStage()
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

  test('is built without the credentials of AWS, also where the CDK builds it', async () => {
    const stage = await createDeployStage()
    const toml = join(stage.dir, 'wrangler.toml')
    // wrangler starts this with its own environment.
    writeFileSync(toml, `${readFileSync(toml, 'utf8')}\n[build]\ncommand = "env > seen"\n`)
    const built = await stage.run('infra/build.ts', [], { AWS_SECRET_ACCESS_KEY: 'fake-secret' })
    expect(built).toMatchObject({ status: 0, err: '' })
    const seen = readFileSync(join(stage.dir, 'seen'), 'utf8')
    expect(seen).toContain('CLOUDFLARE_API_TOKEN=')
    expect(seen).not.toMatch(/^AWS_/m)
  })

  test('that was changed where it is read is an error that says which line', async () => {
    const { dir } = await createDeployStage()
    const text = readFileSync(join(dir, 'wrangler.toml'), 'utf8')
    writeFileSync(join(dir, 'wrangler.toml'), text.replace(/^AWS_REGION.*$/m, ''))
    expect(() => readWranglerConfig(dir)).toThrow(/no line AWS_REGION/)
  })
})

test('the regions that are looked at are those that get a stack', () => {
  const { model, knowledge } = fakeSections
  const existing = { ...knowledge, bases: [{ name: 'old', source: 'existing', id: 'KB00000001' }] } as const
  for (const change of [
    {},
    {
      model: { ...model, id: 'eu.fake.model', region: 'eu-west-1' },
      knowledge: { ...knowledge, region: 'eu-central-1' },
    },
    { knowledge: { ...existing, bases: [...existing.bases], region: 'us-west-2' } },
    {
      model: { ...model, region: 'us-west-2' },
      guardrail: { source: 'existing', id: 'gr00fake', version: '3' } as const,
    },
  ]) {
    const home = fakeSections.deployment.region
    const made = Object.keys(synthesize(change)).map((name) =>
      name === 'Vera' ? home : name.slice('Vera-'.length),
    )
    expect(stackRegions({ ...fakeSections, ...change }).sort()).toEqual(made.sort())
  }
})

test('a release is told by a tag, and what is no tag of ours tells none', () => {
  const release = { edge: '0123456789ab', answerVersion: '12' }
  expect(readTag(toTag(release))).toEqual(release)
  for (const tag of [undefined, '', 'v1.0', '0123456789ab', '0123456789ab.x'])
    expect(readTag(tag)).toBeUndefined()
})

test('the function that is rolled back is the one that is deployed', () => {
  expect(ANSWER_FUNCTION).toBe(playground.ANSWER_FUNCTION)
})

test('a memory that was tampered with is no answer', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vera-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, '.vera.json'), '{"botToken":"xoxb-fake"}')
  expect(() => openLocalState(dir, false).read()).toThrow(/Remove it/)
})
