import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Handoff } from '../../backend/handoff.ts'
import { ANSWER, openStage, seen, stored, whispers } from './flow-stage.ts'
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

test.each(TURNS)('a turn of an earlier release is answered: $path', async ({ turn }) => {
  const { channel, channelType, trigger, text } = turn
  const handoff = { ...turnAbout(stage, { channel, channelType, trigger, text }), receivedAt: Date.now() }
  const before = stage.stack.calls.all.length
  await invoke(stage, handoff)
  expect(seen(stage.stack, handoff.channel, handoff.threadTs, handoff.ts, before).text).toContain(ANSWER)
})

test('there is a fixture of every other kind', () => {
  expect(new Set(OTHERS.map(({ handoff }) => handoff.kind))).toEqual(
    new Set(['command', 'stop', 'feedback', 'retry']),
  )
})

/** What is seen of each other kind, though the fixture's turn is nobody's any more. */
const TAKEN: Record<string, (handoff: Handoff) => Promise<unknown> | unknown> = {
  command: () =>
    stage.stack.calls.all.some(
      ({ method, args }) => method === 'chat.postMessage' && String(args.text).startsWith('You asked: '),
    ),
  stop: async (handoff) =>
    'threadTs' in handoff &&
    (await stored(stage, `stop#${handoff.channel}:${handoff.threadTs}`)).length === 0,
  feedback: () =>
    stage.stack.calls.all.some(
      ({ method, args }) => method === 'chat.postEphemeral' && String(args.markdown_text).includes('rated'),
    ),
  retry: () =>
    stage.stack.calls.all.some(
      ({ method, args }) => method === 'chat.postEphemeral' && String(args.markdown_text).includes('too old'),
    ),
}

test.each(OTHERS)('what an earlier release has handed off is taken: $path', async ({ handoff }) => {
  stage.stack.calls.clear()
  await invoke(stage, handoff)
  const invocation = lastInvocation()
  expect([invocation?.payload, invocation?.outcome]).toEqual([handoff, 'succeeded'])
  expect(await TAKEN[handoff.kind]?.(handoff)).toBe(true)
})

test.each(['teamId', 'appId'] as const)(
  'a handoff with another %s is refused without a call to Slack, and claims nothing',
  async (field) => {
    const handoff = turnAbout(stage)
    await stage.stack.settled()
    const before = stage.stack.calls.all.length
    await invoke(stage, { ...handoff, [field]: 'X00OTHER' })
    const asked = stage.stack.calls.all.slice(before).map(({ method }) => method)
    expect(asked.filter((method) => method !== 'GetSecretValue')).toEqual(['Invoke'])
    expect(whispers(stage, handoff.channel, handoff.threadTs)).toEqual([])
  },
)

test('something that is no handoff fails, and its record is kept', async () => {
  const { lambda } = stage.stack
  await invoke(stage, { kind: 'unheard of' })
  expect(lastInvocation()?.outcome).toBe('failed')
  expect(lambda.deadLetters).toHaveLength(1)
})
