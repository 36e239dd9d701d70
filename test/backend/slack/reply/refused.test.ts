import { expect, test } from 'vitest'
import { createUnsupportedFeatures } from '../../../../backend/slack/reply/unsupported.ts'
import type { Call, Fault } from '../../../../playground/calls.ts'
import { openReplyStage } from './reply-stage.ts'

const refused = (error: string): Fault => ({
  kind: 'answer',
  status: 200,
  body: JSON.stringify({ ok: false, error }),
})
const WORDS = Array.from({ length: 1_500 }, (_, n) => `word${n} `)
const hasBlocks = ({ args }: Readonly<Call>) => Array.isArray(args.blocks) && args.blocks.length > 0

/** The words of all messages, in their order. */
const wordsOf = (stage: Awaited<ReturnType<typeof openReplyStage>>) =>
  stage
    .replies()
    .flatMap(({ markdown, text }) => (markdown || text).split(/\s+/).filter((word) => word !== ''))

test.each([
  ['chat.postMessage and chat.update refuse blocks', true, /postMessage|update/],
  ['every call refuses blocks', false, /./],
  ['appends are refused from the third on', false, /appendStream/],
])('a long answer arrives whole and once, in plain parts if need be, if %s', async (_, noStream, methods) => {
  let appends = 0
  const stage = await openReplyStage({
    faults: () => (call) => {
      if (noStream && call.method === 'chat.startStream') return refused('channel_type_not_supported')
      if (call.method === 'chat.appendStream')
        return methods.test(call.method) && ++appends > 3 ? refused('invalid_blocks') : undefined
      return methods.test(call.method) && hasBlocks(call) ? refused('invalid_blocks') : undefined
    },
  })
  await stage.say(WORDS, 50)
  expect(wordsOf(stage)).toEqual(WORDS.map((word) => word.trim()))
  expect(stage.replies().map(({ streaming }) => streaming)).not.toContain('in_progress')
})

test('plain text cannot mention anybody', async () => {
  const stage = await openReplyStage({
    faults: () => (call) => {
      if (call.method === 'chat.startStream') return refused('channel_type_not_supported')
      return hasBlocks(call) ? refused('invalid_blocks') : undefined
    },
  })
  await stage.say(['Ask <!channel> or <@U00ADA> or <!subteam^S1>.'], 50)
  expect(stage.calls.all.at(-1)?.args.text ?? '').not.toMatch(/<[!@]/)
  expect(stage.replies()).toHaveLength(1)
})

test('steps are not remembered as refused if the call without them is refused too', async () => {
  const unsupported = createUnsupportedFeatures({ now: () => 0, sleep: async () => undefined })
  const stage = await openReplyStage({
    unsupported,
    faults:
      () =>
      ({ method }) =>
        method === 'chat.startStream' ? refused('invalid_arguments') : undefined,
  })
  await stage.say(['It lives ', 'under IT.'], 50)
  expect(stage.replies().map(({ markdown }) => markdown)).toEqual(['It lives under IT.'])
  expect(unsupported.has('steps')).toBe(false)
})

test.each(['B00DEPLOYS', 'USLACKBOT', 'W0GRID'])(
  'no stream is tried for %s unless it is a person',
  async (userId) => {
    const stage = await openReplyStage({ userId })
    await stage.say(['It lives ', 'under IT.'], 50)
    expect(stage.replies().map(({ markdown }) => markdown)).toEqual(['It lives under IT.'])
    const starts = stage.calls.all.filter(({ method }) => method === 'chat.startStream')
    expect(starts.length > 0).toBe(!userId.startsWith('B'))
  },
)
