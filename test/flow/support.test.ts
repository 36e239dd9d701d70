import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BACKEND_BUNDLE } from '../../infra/build.ts'
import { ephemerals, faultOn, openStage, post, press } from './flow-stage.ts'
import { ASKED, killAt } from './killing.ts'
import { speaking } from './models.ts'

const CONTACT = 'Ask in #fake-help-desk.'

/** The bundle that would be deployed if assistant.config.ts named a contact. */
const dir = mkdtempSync(join(tmpdir(), 'vera-test-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const [before, after, ...more] = readFileSync(BACKEND_BUNDLE, 'utf8').split('support:""')
if (after === undefined || more.length > 0)
  throw new Error('assistant.config.ts is not in the bundle as it was')
const bundle = join(dir, 'index.mjs')
writeFileSync(bundle, `${before}support:${JSON.stringify(CONTACT)}${after}`)

const stage = openStage({ bundle })

test('the configured contact is in the sentence about a failure', async () => {
  stage.faults = faultOn('ConverseStream', { kind: 'cut' })
  expect((await post(stage, ASKED)).text).toContain(CONTACT)
})

test('the configured contact is in an apology', async () => {
  stage.model = speaking(600, 100)
  const { texts } = await killAt(stage, ({ method }) => method === 'chat.appendStream')
  expect(texts.join()).toContain(CONTACT)
})

test('the configured contact is in the thanks for a thumb down', async () => {
  const at = await post(stage, ASKED)
  await press(stage, at, { actionId: 'feedback', value: 'negative' })
  await stage.stack.settled()
  expect(ephemerals(stage, at.channel, at.threadTs).map(({ text }) => text)).toEqual([
    expect.stringContaining(CONTACT),
  ])
})
