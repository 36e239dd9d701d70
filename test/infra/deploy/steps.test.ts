import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type IngestionJob, isRunning } from '../../../infra/deploy/steps/ingestion.ts'
import { fingerprintEdge, readTag, toTag } from '../../../infra/deploy/steps/release.ts'
import { followIngestion } from '../../../infra/deploy/steps/sync.ts'
import { openLocalState } from '../../../infra/deploy/terminal/local-state.ts'
import { readWranglerConfig } from '../../../infra/deploy/terminal/wrangler-config.ts'
import { ANSWER_FUNCTION } from '../../../infra/settings/function-names.ts'
import * as playground from '../../../playground/account.ts'
import { createDeployStage } from './deploy-stage.ts'
import { WIKI } from './empty-world.ts'

describe('followIngestion', () => {
  /** Returns one of `jobs` for each poll, and then always the last. */
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
    const ended = await followIngestion({ output, sleep }, { get }, WIKI, {
      ingestionJobId: 'JOB00FAKE0',
      status: 'STARTING',
    }).catch(String)
    return { told, waits, ended }
  }
  const at = (seen: number, kept: number) => ({
    numberOfDocumentsScanned: seen,
    numberOfNewDocumentsIndexed: kept,
  })

  test('prints new progress only, and doubles the time between polls', async () => {
    const { told, waits } = await followed(
      { status: 'IN_PROGRESS', statistics: at(10, 0) },
      { status: 'IN_PROGRESS', statistics: at(10, 0) },
      { status: 'IN_PROGRESS', statistics: at(40, 10) },
      { status: 'COMPLETE', statistics: at(40, 40) },
    )
    expect(told).toEqual([
      'wiki: 10 pages found, 0 added',
      'wiki: 40 pages found, 10 added',
      'wiki is ingested: 40 pages found, 40 added',
    ])
    expect(waits).toEqual([500, 1000, 2000, 4000])
  })

  test('stops waiting after half an hour, and says that AWS continues', async () => {
    const { told, waits, ended } = await followed({ status: 'IN_PROGRESS', statistics: at(90_000, 5) })
    const waited = waits.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeGreaterThanOrEqual(30 * 60_000)
    expect(waited).toBeLessThan(31 * 60_000)
    expect([told.at(-1), ended]).toEqual([expect.stringContaining('AWS continues alone'), undefined])
  })

  test('throws the reason of a failure, and says how to change the token', async () => {
    const { ended } = await followed({ status: 'FAILED', failureReasons: ['The fake token was refused.'] })
    expect(ended).toMatch(
      /"wiki" could not ingest its source: The fake token was refused\. To change the user or the token/,
    )
  })

  test('warns if the source has no pages', async () => {
    const { told } = await followed({ status: 'COMPLETE', statistics: at(0, 0) })
    expect(told).toEqual([expect.stringContaining('it is empty')])
  })

  test.each(['COMPLETE', 'FAILED', 'STOPPED'] as const)('ends if the status is %s', (status) => {
    expect(isRunning({ ingestionJobId: 'JOB00FAKE0', status })).toBe(false)
  })
})

describe('wrangler.toml', () => {
  test('gives no version of the Worker a public address of its own', () => {
    expect(readFileSync('wrangler.toml', 'utf8')).toMatch(/^preview_urls = false$/m)
  })

  test('names the Worker and its queues', () => {
    const { worker, consumedQueues, queues } = readWranglerConfig('.')
    expect({ worker, consumedQueues, queues }).toEqual({
      worker: 'vera-edge',
      consumedQueues: ['vera-handoffs'],
      queues: ['vera-handoffs', 'vera-handoffs-dead'],
    })
  })

  test('without a line that we need is an error that names the line', async () => {
    const { dir } = await createDeployStage()
    const text = readFileSync(join(dir, 'wrangler.toml'), 'utf8')
    writeFileSync(join(dir, 'wrangler.toml'), text.replace(/^AWS_REGION.*$/m, ''))
    expect(() => readWranglerConfig(dir)).toThrow(/no line AWS_REGION/)
  })
})

test('a release can be read from its tag, and from no other tag', () => {
  const release = { edge: '0123456789ab', answerVersion: '12' }
  expect(readTag(toTag(release))).toEqual(release)
  for (const tag of [undefined, '', 'v1.0', '0123456789ab', '0123456789ab.x'])
    expect(readTag(tag)).toBeUndefined()
})

test('the fingerprint of a release changes with the bundle of the Worker and with wrangler.toml', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vera-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  mkdirSync(join(dir, 'dist/edge'), { recursive: true })
  const of = (bundle: string, settings: string): string => {
    writeFileSync(join(dir, 'dist/edge/worker.js'), bundle)
    writeFileSync(join(dir, 'wrangler.toml'), settings)
    return fingerprintEdge(dir)
  }
  const all = [of('one', 'one'), of('two', 'one'), of('one', 'two'), of('two', 'two')]
  expect(new Set(all).size).toBe(all.length)
  expect(of('one', 'one')).toBe(all[0])
})

test('the name of the answering function is the same in infra and in the playground', () => {
  expect(ANSWER_FUNCTION).toBe(playground.ANSWER_FUNCTION)
})

test('a local state with an unknown key is an error', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vera-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, '.vera.json'), '{"botToken":"xoxb-fake"}')
  expect(() => openLocalState(dir, false).read()).toThrow(/Remove it/)
})
