import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Handoff } from '../../backend/handoff.ts'
import { ANSWER, openStage, stored, viewOf } from './flow-stage.ts'
import { invoke, turnAbout } from './invoke.ts'

const stage = openStage()
const FIXTURES = globSync('test/fixtures/handoffs/*/*.json').map((path) => ({
  path,
  handoff: JSON.parse(readFileSync(path, 'utf8')) as Handoff,
}))
const TURNS = FIXTURES.flatMap(({ path, handoff }) =>
  handoff.kind === 'turn' ? [{ path, turn: handoff }] : [],
)
const OTHERS = FIXTURES.filter(({ handoff }) => handoff.kind !== 'turn')

function lastInvocation() {
  return stage.stack.lambda.invocations.findLast(({ functionName }) => functionName === 'vera-answer')
}

test.each(TURNS)('a turn that an earlier release handed off is answered: $path', async ({ turn }) => {
  const { channel, channelType, trigger, text } = turn
  const handoff = { ...turnAbout(stage, { channel, channelType, trigger, text }), receivedAt: Date.now() }
  const before = stage.stack.calls.all.length
  await invoke(stage, handoff)
  expect(viewOf(stage.stack, handoff.channel, handoff.threadTs, handoff.ts, before).text).toContain(ANSWER)
})

/** What each other kind does, although the table does not know the turn of the fixture. */
const EFFECTS: Record<string, () => Promise<void> | void> = {
  command: () => expect(said('chat.postMessage')).toContainEqual(expect.stringMatching(/^You asked: /)),
  stop: async () => expect(await stored(stage, 'stop#C00GENERAL:1790000000.000100')).toHaveLength(1),
  feedback: () =>
    expect(said('chat.postEphemeral')).toEqual([expect.stringContaining('too old to be rated')]),
  retry: () =>
    expect(said('chat.postEphemeral')).toEqual([expect.stringContaining('too old for me to try again')]),
}

/** The texts that were sent by one method of Slack's. */
function said(method: string): string[] {
  return stage.stack.calls.all.flatMap((call) =>
    call.method === method ? [String(call.args.markdown_text ?? call.args.text)] : [],
  )
}

test('the fixtures cover every other kind of handoff', () => {
  expect(OTHERS.map(({ handoff }) => handoff.kind).sort()).toEqual(Object.keys(EFFECTS).sort())
})

test.each(OTHERS)('a handoff of an earlier release takes effect: $path', async ({ handoff }) => {
  // An old Stop would be ignored.
  const fresh =
    handoff.kind === 'stop' ? { ...handoff, eventTs: `${Math.floor(Date.now() / 1000)}.000100` } : handoff
  stage.stack.calls.clear()
  await invoke(stage, fresh)
  expect(lastInvocation()).toMatchObject({ payload: fresh, outcome: 'succeeded' })
  await EFFECTS[handoff.kind]?.()
})

test.each(['teamId', 'appId'] as const)(
  'a handoff with a different %s is refused before any call to Slack or the table',
  async (field) => {
    const handoff = turnAbout(stage)
    await stage.stack.settled()
    const before = stage.stack.calls.all.length
    await invoke(stage, { ...handoff, [field]: 'X00OTHER' })
    const asked = stage.stack.calls.all.slice(before).map(({ method }) => method)
    expect(asked.filter((method) => method !== 'GetSecretValue')).toEqual(['Invoke'])
  },
)

test('an invocation without a handoff fails, and its record is kept as a dead letter', async () => {
  const { lambda } = stage.stack
  await invoke(stage, { kind: 'unheard of' })
  expect(lastInvocation()?.outcome).toBe('failed')
  expect(lambda.deadLetters).toHaveLength(1)
})
