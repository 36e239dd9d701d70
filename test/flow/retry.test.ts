import { describe, expect, test } from 'vitest'
import { TURNS_TABLE } from '../../playground/account.ts'
import { refuseWith } from '../../playground/bedrock/refusal.ts'
import { identity } from '../../playground/slack/identity.ts'
import {
  ANSWER,
  ephemerals,
  faultOn,
  mention,
  openStage,
  post,
  press,
  QUESTION,
  type Stage,
  slackError,
  textOf,
  viewOf,
} from './flow-stage.ts'
import { invoke } from './invoke.ts'

const stage = openStage()
const MODEL_FAILS = refuseWith('ModelErrorException', 'The model failed.')

async function failed(stage: Stage, message: Parameters<typeof post>[1] = { text: QUESTION }) {
  stage.faults = faultOn('ConverseStream', MODEL_FAILS)
  const asked = await post(stage, message)
  stage.faults = () => undefined
  return asked
}

/** Presses buttons and waits; returns the replies in the thread and the calls of the model that followed. */
async function pressed(at: { channel: string; threadTs: string }, presses: () => Promise<unknown>) {
  const before = stage.stack.calls.all.length
  await presses()
  await stage.stack.settled()
  const { replies, calls } = viewOf(stage.stack, at.channel, at.threadTs, at.threadTs, before)
  return {
    texts: replies.map(textOf),
    replies,
    asked: calls.filter(({ method }) => method === 'ConverseStream'),
  }
}

describe('"Try again" under a failed answer', () => {
  test('answers in the same thread, without showing the failure to the model', async () => {
    const at = await failed(stage)
    const { texts, asked, replies } = await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    expect(texts).toHaveLength(2)
    expect(texts[1]).toContain(ANSWER)
    expect(JSON.stringify(asked[0]?.args)).not.toContain('The model that writes my answers had an error')
    expect(JSON.stringify(asked[0]?.args.messages)).toContain('where does the VPN guide live?')
    expect(replies[1]?.blocks.map(({ type }) => type)).toEqual(['section', 'context_actions'])
  })

  test('answers once if it is pressed twice', async () => {
    const at = await failed(stage)
    const { texts, asked } = await pressed(at, () =>
      Promise.all([press(stage, at, { actionId: 'retry' }), press(stage, at, { actionId: 'retry' })]),
    )
    expect(asked).toHaveLength(1)
    expect(texts.filter((text) => text.includes(ANSWER))).toHaveLength(1)
    expect(texts).toHaveLength(2)
  })

  test('can be pressed again if it fails again', async () => {
    const at = await failed(stage)
    stage.faults = faultOn('ConverseStream', MODEL_FAILS)
    await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    stage.faults = () => undefined
    const { texts } = await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    expect(texts).toHaveLength(3)
    expect(texts[2]).toContain(ANSWER)
  })

  test('keeps an answer that broke off and adds a whole one', async () => {
    stage.streamFaults = () => ({
      afterDeltas: 6,
      ending: { exception: 'modelStreamErrorException', message: 'broken' },
    })
    const at = await post(stage, { text: QUESTION })
    stage.streamFaults = () => undefined
    const { texts } = await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    expect(texts[0]).toMatch(/^The VPN guide.*The answer broke off here/s)
    expect(texts[1]).toContain(ANSWER)
  })

  test('shows the model the thread before the question, but nothing after it', async () => {
    const root = await post(stage, { user: 'U00GRACE', text: 'The printer is green.' })
    const at = await failed(stage, { threadTs: root.threadTs, text: QUESTION })
    await post(stage, { user: 'U00GRACE', threadTs: root.threadTs, text: 'The printer is blue now.' })
    const { asked } = await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    const shown = JSON.stringify(asked[0]?.args.messages)
    expect(shown).toContain('The printer is green.')
    expect(shown).not.toContain('blue')
  })

  test('is refused to anybody but the asker, with an explanation', async () => {
    const at = await failed(stage)
    const { texts, asked } = await pressed(at, () =>
      press(stage, at, { actionId: 'retry', user: 'U00GRACE' }),
    )
    expect([texts.length, asked.length]).toEqual([1, 0])
    expect(ephemerals(stage, at.channel, at.threadTs)).toEqual([
      { to: 'U00GRACE', text: expect.stringContaining('Only the person who asked') },
    ])
  })

  test('is refused in another channel than that of the question', async () => {
    const at = await failed(stage)
    const { teamId, appId } = identity
    const { texts, asked } = await pressed(at, () =>
      invoke(stage, {
        kind: 'retry',
        turnId: `${appId}:${teamId}:${at.channel}:${at.threadTs}`,
        attempt: 1,
        teamId,
        appId,
        receivedAt: Date.now(),
        channel: 'C00PRIVATE',
        threadTs: at.threadTs,
        userId: 'U00ADA',
      }),
    )
    expect([texts.length, asked.length]).toEqual([1, 0])
    const told = stage.stack.calls.all.findLast(({ method }) => method === 'chat.postEphemeral')?.args
    expect(told).toMatchObject({ channel: 'C00PRIVATE', markdown_text: expect.stringContaining('too old') })
  })

  test('says that the question is too old if its record has expired', async () => {
    const at = await failed(stage)
    await stage.stack.dynamo.deleteItems(
      TURNS_TABLE,
      ({ pk }) => pk?.S === `turn#A00FAKE:T00FAKE:C00GENERAL:${at.threadTs}`,
    )
    const { texts, asked } = await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    expect([texts.length, asked.length]).toEqual([1, 0])
    expect(ephemerals(stage, at.channel, at.threadTs)).toEqual([
      { to: 'U00ADA', text: expect.stringContaining('too old') },
    ])
  })

  test('says so if the question cannot be read again', async () => {
    const at = await failed(stage)
    stage.faults = faultOn('conversations.replies', slackError('fatal_error'))
    const { texts, asked } = await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    expect(asked).toEqual([])
    expect(texts[1]).toContain('I could not read your question in the thread.')
  })

  test('says so if the question was deleted', async () => {
    const root = await post(stage, { user: 'U00GRACE', text: 'The printer is green.' })
    const at = await failed(stage, { threadTs: root.threadTs, text: QUESTION })
    const question = stage.stack.slack
      .thread(at.channel, root.threadTs)
      .findLast(({ user }) => user === 'U00ADA')
    stage.stack.slack.delete({ channel: at.channel, ts: question?.ts ?? '' })
    const { texts, asked } = await pressed(at, () => press(stage, at, { actionId: 'retry' }))
    expect(asked).toEqual([])
    expect(texts.at(-1)).toContain('I could not read your question in the thread.')
  })
})

test('an answer has no "Try again" button', async () => {
  const at = await post(stage, { text: mention('How often are laptops replaced?') })
  await expect(press(stage, at, { actionId: 'retry' })).rejects.toThrow('no button')
})
