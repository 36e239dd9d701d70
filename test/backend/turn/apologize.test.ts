import { WebClient } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import type { Turn } from '../../../backend/handoff.ts'
import { THREAD_READS } from '../../../backend/turn/apologize.ts'
import { placeOfTurn, toQuestion } from '../../../backend/turn/question.ts'
import { identity } from '../../../playground/slack/identity.ts'
import { slackError } from '../../flow/flow-stage.ts'
import { ending, saying } from '../../flow/models.ts'
import { openTurnStage } from './turn-stage.ts'

const stage = openTurnStage()

const key = ({ id }: Turn) => `turn#${id}`
const CLAIMED = { ':claimed': { S: 'claimed' } }

describe('the record of a lost invocation', () => {
  test('is apologized for once, however often the queue delivers it', async () => {
    const turn = await lostAfterOpening()
    expect(await stage.giveUp(turn, 'lost', { recordId: 'record' })).toBe('told')
    expect(await stage.giveUp(turn, 'lost', { recordId: 'record' })).toBe('nothing_to_say')
  })

  test('is not apologized for while another record of the same invocation is', async () => {
    const turn = await lostAfterOpening()
    // The first call takes the turn over and then cannot reach Slack.
    stage.faults = ({ to }) => (to === 'slack' ? { kind: 'answer', status: 500 } : undefined)
    await expect(stage.giveUp(turn, 'lost', { recordId: 'first' })).rejects.toThrow()
    stage.faults = () => undefined
    expect(await stage.giveUp(turn, 'lost', { recordId: 'second' })).toBe('nothing_to_say')
    expect(await stage.giveUp(turn, 'lost', { recordId: 'first' })).toBe('told')
  })

  test('leads to no apology if the thread shows the whole answer, and the turn counts as answered', async () => {
    const turn = stage.ask()
    await stage.answer(turn, { requestId: 'lost' })
    const before = stage.texts(turn)
    // As a process leaves the record that is killed between closing its message and its last write to the
    // table.
    await stage.change(key(turn), 'SET turnState = :claimed REMOVE outcomeTold', CLAIMED)
    await leaveProcessing(turn)
    expect(await stage.giveUp(turn, 'lost')).toBe('nothing_to_say')
    expect(stage.texts(turn)).toEqual(before)
    expect(stage.slack.session(turn.channel, turn.threadTs)).toBe('active')
    expect((await stage.stored(key(turn)))[0]?.turnState?.S).toBe('answered')
  })

  test('leads to no apology if the turn was answered', async () => {
    const turn = stage.ask()
    await stage.answer(turn, { requestId: 'lost' })
    expect(await stage.giveUp(turn, 'lost')).toBe('nothing_to_say')
    expect((await stage.stored(key(turn)))[0]?.turnState?.S).toBe('answered')
  })

  test('leads to no apology if another invocation has claimed the turn', async () => {
    const turn = await lostAfterOpening()
    expect(await stage.giveUp(turn, 'another')).toBe('nothing_to_say')
  })

  test('leads to an apology if no process has claimed the turn, or if its claim has expired', async () => {
    const unclaimed = stage.ask()
    expect(await stage.giveUp(unclaimed, 'lost')).toBe('told')
    const expired = await lostAfterOpening()
    await stage.expire(key(expired))
    expect(await stage.giveUp(expired, 'lost')).toBe('told')
  })
})

describe('a thread that cannot be read', () => {
  const unreadable = () => {
    stage.faults = ({ method }) =>
      method === 'conversations.replies' ? slackError('fatal_error') : undefined
  }

  test('is left to a later delivery of the record as long as there are enough of them', async () => {
    const turn = await lostAfterOpening()
    unreadable()
    await expect(stage.giveUp(turn, 'lost', { receives: THREAD_READS })).rejects.toThrow()
    expect(stage.texts(turn)).toHaveLength(1)
  })

  test('gets the apology unread after that, in the stream that the record names', async () => {
    const turn = await lostAfterOpening()
    unreadable()
    expect(await stage.giveUp(turn, 'lost', { receives: THREAD_READS + 1 })).toBe('told')
    expect(stage.texts(turn)).toEqual([expect.stringContaining('could not finish')])
  })
})

describe('a "Try again" that no process has claimed', () => {
  test('is apologized for although the attempt before it was, and can be pressed again', async () => {
    const turn = await lostAfterOpening()
    await stage.giveUp(turn, 'lost')
    const retry = stage.retryOf(turn)
    expect(await stage.giveUp(retry, 'never started')).toBe('told')
    const texts = stage.texts(turn)
    expect(texts).toHaveLength(2)
    expect(texts[1]).toContain('could not finish')
    // The button below the apology names the attempt that failed, so that it can be claimed.
    expect(buttonsIn(turn)).toEqual([`${turn.id}|1`, `${turn.id}|1`])
    stage.model = saying('The VPN guide lives under IT.')
    expect(await stage.answer(retry)).toMatchObject({ outcome: 'answered', attempt: 2 })
  })

  test('is not apologized for if it is a press of an earlier button', async () => {
    stage.model = ending('', 'content_filtered')
    const turn = stage.ask()
    await stage.answer(turn)
    await stage.answer(stage.retryOf(turn))
    expect(await stage.giveUp(stage.retryOf(turn), 'late')).toBe('nothing_to_say')
  })
})

/**
 * A turn whose process was killed when it had opened its reply: nothing answers a probe, or closes the
 * stream.
 */
async function lostAfterOpening(): Promise<Turn> {
  const { claims, replies } = stage.backend.answer
  const turn = stage.ask()
  const place = placeOfTurn(turn)
  const endsAt = Date.now() + 300_000
  const claim = await claims.claim(turn.id, place, { requestId: 'lost', endsAt })
  if (!claim) throw new Error('Another process has the turn.')
  const recorded = stage.called(
    ({ method, args }) => method === 'UpdateItem' && String(args.UpdateExpression).includes('replyTs'),
  )
  const firstStep = { id: 'thread', title: 'Reading the thread' }
  replies.open(toQuestion(claim, place, turn), claim, { firstStep, endsAt, interrupt: () => undefined })
  await recorded
  return turn
}

/** Leaves the thread's agent session at work, as a process does that is killed while it posts. */
async function leaveProcessing({ channel, threadTs }: Turn): Promise<void> {
  const client = new WebClient(identity.botToken, { slackApiUrl: stage.slack.apiUrl })
  await client.agents.sessions.setStatus({ channel_id: channel, thread_ts: threadTs, status: 'processing' })
  expect(stage.slack.session(channel, threadTs)).toBe('processing')
}

/** The values of the buttons "Try again" in the thread. */
function buttonsIn({ channel, threadTs }: Turn): string[] {
  const blocks = stage.slack.thread(channel, threadTs).flatMap((message) => message.blocks)
  const elements = blocks.flatMap((block) => ('elements' in block ? (block.elements as object[]) : []))
  return elements.flatMap((element) =>
    'action_id' in element && element.action_id === 'retry' && 'value' in element
      ? [String(element.value)]
      : [],
  )
}

test('an apology is said once if the thread can never be read and the session never set', async () => {
  const turn = stage.ask()
  stage.faults = ({ method }) => {
    if (method === 'agents.sessions.setStatus') return { kind: 'cut' }
    return method === 'conversations.replies' ? slackError('missing_scope') : undefined
  }
  const [requestId, recordId] = [crypto.randomUUID(), crypto.randomUUID()]
  for (const receives of [THREAD_READS + 1, THREAD_READS + 2])
    await stage.giveUp(turn, requestId, { recordId, receives }).catch(() => undefined)
  expect(stage.texts(turn)).toHaveLength(1)
})
