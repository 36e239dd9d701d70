import { describe, expect, test } from 'vitest'
import type { Faults } from '../../../playground/calls.ts'
import { rateLimited, slackError } from '../../flow/flow-stage.ts'
import { ending, saying, silent, speaking } from '../../flow/models.ts'
import { openTurnStage } from './turn-stage.ts'

const stage = openTurnStage()

/** The owner of a claim cannot say that it lives. */
const CANNOT_ANSWER_PROBES: Faults = ({ method, args }) =>
  method === 'UpdateItem' && String(args.UpdateExpression).includes('probeAnswer = ')
    ? {
        kind: 'answer',
        status: 400,
        body: '{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException"}',
      }
    : undefined

describe('the report of an interrupted turn names no failure that nobody was told of', () => {
  test('if somebody pressed Stop, the outcome is stopped', async () => {
    stage.model = speaking(600, 100)
    const turn = stage.ask()
    const appended = stage.called(({ method }) => method === 'chat.appendStream')
    const answering = stage.answer(turn)
    await appended
    await stage.stop(turn)
    const report = await answering
    expect(report.outcome).toBe('stopped')
    expect(report.failure).toBeUndefined()
  })

  test('if the thread was deleted, the outcome is unreachable', async () => {
    stage.model = speaking(600, 100)
    const turn = stage.ask()
    stage.slack.delete({ channel: turn.channel, ts: turn.ts })
    const report = await stage.answer(turn)
    expect(report.outcome).toBe('unreachable')
    expect(report.failure).toBeUndefined()
  })

  test('if another process took the turn over, the outcome is taken_over', async () => {
    stage.model = silent(60_000)
    stage.faults = CANNOT_ANSWER_PROBES
    const turn = stage.ask()
    const opened = stage.called(({ method }) => method === 'chat.startStream')
    const answering = stage.answer(turn, { requestId: 'given up' })
    await opened
    expect(await stage.giveUp(turn, 'given up')).toBe('told')
    const report = await answering
    expect(report.outcome).toBe('taken_over')
    expect(report.failure).toBeUndefined()
  })

  test('if time ran out, the outcome is failed and the failure is out_of_time', async () => {
    stage.model = speaking(600, 100)
    const report = await stage.answer(stage.ask(), { remainingMs: 11_000 })
    expect(report).toMatchObject({ outcome: 'failed', failure: 'out_of_time' })
  })
})

test('a turn that is taken over while its reply is closed after Stop ends as taken_over and keeps the apology', async () => {
  stage.model = speaking(600, 100)
  const turn = stage.ask()
  let stopped = false
  stage.faults = (call) =>
    // The last words have to wait until the apology is written.
    stopped && call.method === 'chat.appendStream' ? rateLimited(5) : CANNOT_ANSWER_PROBES(call)
  const appended = stage.called(({ method }) => method === 'chat.appendStream')
  const answering = stage.answer(turn, { requestId: 'given up' })
  await appended
  const closing = stage.called(({ method, status }) => method === 'chat.appendStream' && status === 429)
  stopped = true
  await stage.stop(turn)
  await closing
  expect(await stage.giveUp(turn, 'given up')).toBe('told')
  const apology = stage.texts(turn).at(-1)
  stage.faults = () => undefined
  expect((await answering).outcome).toBe('taken_over')
  expect(stage.texts(turn)).toEqual([apology])
})

test('a turn whose thread is deleted after Stop ends as unreachable', async () => {
  stage.model = silent(60_000)
  // The stream cannot open before there is text, so that the reply is still to come when it is closed.
  stage.faults = ({ method, args }) =>
    method === 'chat.startStream' && JSON.stringify(args.chunks).includes('task_update')
      ? slackError('invalid_chunks')
      : undefined
  const turn = stage.ask()
  const asked = stage.called(({ method }) => method === 'ConverseStream', 'begun')
  const answering = stage.answer(turn)
  await asked
  await stage.stop(turn)
  stage.slack.delete({ channel: turn.channel, ts: turn.ts })
  expect((await answering).outcome).toBe('unreachable')
})

describe('the report of a turn', () => {
  test('has the time of the first text if the model wrote one', async () => {
    const report = await stage.answer(stage.ask())
    expect(report).toMatchObject({ outcome: 'answered', attempt: 1, passages: 0, cited: 0 })
    expect(report.firstTextMs).toBeGreaterThanOrEqual(report.firstTokenMs ?? Number.POSITIVE_INFINITY)
  })

  test('has no such time if people read only that the model failed', async () => {
    stage.model = ending('', 'content_filtered')
    const report = await stage.answer(stage.ask())
    expect(report).toMatchObject({ outcome: 'failed', failure: 'model_declined' })
    expect(report).not.toHaveProperty('firstTextMs')
  })

  test('says not_found if the model says that it found nothing', async () => {
    stage.model = saying('I do not know. [0]')
    expect((await stage.answer(stage.ask())).outcome).toBe('not_found')
  })

  test('is a failure if the model ends without a word', async () => {
    stage.model = saying('')
    expect(await stage.answer(stage.ask())).toMatchObject({
      outcome: 'failed',
      failure: 'model_wrote_nothing',
    })
  })
})

test('the record of a turn whose thread was deleted is failed, so that nothing waits for it', async () => {
  stage.model = speaking(600, 100)
  const turn = stage.ask()
  stage.slack.delete({ channel: turn.channel, ts: turn.ts })
  await stage.answer(turn)
  expect((await stage.stored(`turn#${turn.id}`))[0]?.turnState?.S).toBe('failed')
})

test('a turn says how late it is, and a late "Try again" says when it was pressed', async () => {
  stage.model = ending('', 'content_filtered')
  const turn = { ...stage.ask(), receivedAt: Date.now() - 20 * 60_000 }
  await stage.answer(turn)
  stage.model = saying('The VPN guide lives under IT.')
  await stage.answer(stage.retryOf(turn, { receivedAt: Date.now() - 10 * 60_000 }))
  const [first, second] = stage.texts(turn)
  expect(first).toContain('You asked this 20 minutes ago.')
  expect(second).toContain('You asked me to try again 10 minutes ago.')
})

test('a turn is not polled any more after it was answered', async () => {
  const first = stage.ask()
  await stage.answer(first)
  const before = stage.calls.length
  stage.model = speaking(30, 100)
  const second = stage.ask()
  await stage.answer(second)
  const polled = stage.calls
    .slice(before)
    .filter(({ method }) => method === 'BatchGetItem')
    .map(({ args }) => JSON.stringify(args))
  expect(polled.filter((args) => args.includes(second.id)).length).toBeGreaterThan(0)
  expect(polled.filter((args) => args.includes(first.id))).toEqual([])
})

describe('the notes below an answer', () => {
  test('say that it is cut short if the model reached its limit', async () => {
    stage.model = ending('The VPN guide lives', 'max_tokens')
    const turn = stage.ask()
    expect(await stage.answer(turn)).toMatchObject({ outcome: 'answered', stopReason: 'max_tokens' })
    expect(stage.texts(turn)).toEqual([expect.stringContaining('too long')])
  })

  test('say that the thread could not be read, but not below a failure', async () => {
    stage.faults = ({ method }) =>
      method === 'conversations.replies' ? slackError('fatal_error') : undefined
    const answered = stage.ask()
    expect((await stage.answer(answered)).without).toEqual([expect.stringMatching(/^thread: /)])
    expect(stage.texts(answered)).toEqual([expect.stringContaining('could not read the thread')])
    stage.model = ending('The VPN guide lives', 'content_filtered')
    const failed = stage.ask()
    expect((await stage.answer(failed)).outcome).toBe('failed')
    expect(stage.texts(failed)).toEqual([expect.stringContaining('declined')])
    expect(stage.texts(failed)).toEqual([expect.not.stringContaining('could not read the thread')])
  })
})

test('a command of a person whom we cannot write to ends as unreachable, and its record as failed', async () => {
  stage.faults = ({ method }) => (method === 'conversations.open' ? slackError('cannot_dm_bot') : undefined)
  const { teamId, appId, channel, userId } = stage.ask()
  const id = `${appId}:${teamId}:command:1.2.3`
  const text = 'where does the VPN guide live?'
  const command = {
    kind: 'command' as const,
    id,
    teamId,
    appId,
    receivedAt: Date.now(),
    channel,
    userId,
    text,
  }
  expect(await stage.answer(command)).toEqual({ outcome: 'unreachable' })
  expect((await stage.stored(`turn#${id}`))[0]?.turnState?.S).toBe('failed')
})
