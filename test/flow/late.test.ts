import { expect, test } from 'vitest'
import { LATE_MS, lateNote } from '../../backend/sentences.ts'
import { identity } from '../../playground/slack/identity.ts'
import { ANSWER, faultOn, openStage, post, viewOf } from './flow-stage.ts'
import { invoke, turnAbout } from './invoke.ts'

const stage = openStage()

test('an answer that comes hours late says when the question was asked', async () => {
  const turn = turnAbout(stage, { receivedAt: Date.now() - 3 * 3_600_000 })
  await invoke(stage, turn)
  const { text } = viewOf(stage.stack, turn.channel, turn.threadTs, turn.ts, 0)
  expect(text).toMatch(/^_You asked this 3 hours ago\._\n\n/)
  expect(text).toContain(ANSWER)
})

test('an answer to a slash command that comes late says when the question was asked', async () => {
  const { teamId, appId } = identity
  await invoke(stage, {
    kind: 'command',
    id: `${appId}:${teamId}:command:1.2.fake`,
    teamId,
    appId,
    receivedAt: Date.now() - 3 * 3_600_000,
    channel: 'C00GENERAL',
    userId: 'U00ADA',
    text: 'where does the VPN guide live?',
  })
  const opened = stage.stack.calls.all.findLast(({ method }) => method === 'chat.startStream')?.args
  const { text } = viewOf(stage.stack, 'D00ADA', String(opened?.thread_ts), String(opened?.thread_ts), 0)
  expect(text).toMatch(/^_You asked this 3 hours ago\._\n\n/)
  expect(text).toContain(ANSWER)
})

test.each([
  [LATE_MS, undefined],
  [LATE_MS + 1, 'You asked this 5 minutes ago.'],
  [59 * 60_000, 'You asked this 59 minutes ago.'],
  [3_600_000, 'You asked this 1 hour ago.'],
  [20 * 3_600_000, 'You asked this 20 hours ago.'],
])('the note on an answer that comes after %d ms: %s', (ageMs, note) => {
  expect(lateNote(1_790_000_000_000, 1_790_000_000_000 + ageMs, 1)).toBe(note)
})

test('an answer to "Try again" that comes late says when the button was pressed', async () => {
  stage.faults = faultOn('ConverseStream', { kind: 'cut' })
  const { channel, threadTs } = await post(stage, {
    channel: 'D00ADA',
    text: 'where does the VPN guide live?',
  })
  stage.faults = () => undefined
  const { teamId, appId } = identity
  const turnId = `${appId}:${teamId}:${channel}:${threadTs}`
  await invoke(stage, {
    kind: 'retry',
    turnId,
    attempt: 1,
    teamId,
    appId,
    receivedAt: Date.now() - 600_000,
    channel,
    threadTs,
    userId: 'U00ADA',
  })
  const { replies } = viewOf(stage.stack, channel, threadTs, threadTs, 0)
  expect(replies[1]?.markdown).toMatch(/^_You asked me to try again 10 minutes ago\._\n\n/)
})
