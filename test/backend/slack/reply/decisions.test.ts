import { describe, expect, test } from 'vitest'
import type { WriteResult } from '../../../../backend/slack/api/write-result.ts'
import {
  afterClaimCheck,
  afterClose,
  afterPostMissing,
  afterStop,
} from '../../../../backend/slack/reply/after-close.ts'
import { afterAppend, afterSet, afterStart } from '../../../../backend/slack/reply/after-write.ts'
import { addContent, EMPTY_CONTENT, type Step } from '../../../../backend/slack/reply/content.ts'
import type { Decision, Piece } from '../../../../backend/slack/reply/decision.ts'
import { type Form, simplerForm } from '../../../../backend/slack/reply/forms.ts'
import { SEGMENT_LIMIT_BYTES, SEGMENT_LIMIT_MS } from '../../../../backend/slack/reply/limits.ts'
import type { CloseResult, Closing, Post, Stream } from '../../../../backend/slack/reply/message.ts'
import { planSend, sendableLength } from '../../../../backend/slack/reply/plan-send.ts'
import { NEW_REPLY, type ReplyState } from '../../../../backend/slack/reply/reply-state.ts'
import type { Footer } from '../../../../backend/turn/replies.ts'

const NOW = 1_790_000_000_000
/** The invocation has ten seconds left. */
const TIME = { now: NOW, until: NOW + 10_000 }

const THUMBS: Footer = { sources: [], offer: 'thumbs' }
const SEARCHING: Step = { id: 'search', title: 'Searching', status: 'in_progress' }
const READING: Step = { id: 'thread', title: 'Reading', status: 'complete' }

const contentOf = (text: string) => addContent(EMPTY_CONTENT, text, [])
const stream = (text: string, more: Partial<Stream> = {}): Stream => ({
  kind: 'stream',
  part: 0,
  ts: '1790000000.000100',
  openedAt: NOW - 1_000,
  content: contentOf(text),
  unconfirmed: '',
  ...more,
})
const post = (text: string, more: Partial<Post> = {}): Post => ({
  kind: 'post',
  part: 0,
  ts: '1790000000.000100',
  content: contentOf(text),
  unconfirmed: '',
  isHeld: false,
  conflicts: 0,
  ...more,
})
const unposted = ({ ts: _, ...rest }: Post): Post => rest
const replyState = (more: Partial<ReplyState> = {}): ReplyState => ({ ...NEW_REPLY, parts: 1, ...more })
const piece = (text: string, more: Partial<Piece> = {}): Piece => ({
  text,
  steps: [],
  taken: text.length,
  cut: undefined,
  ...more,
})
/** The message ends after the piece. */
const lastPiece = (text: string) => piece(text, { cut: { at: text.length, closing: '', reopening: '```\n' } })

const done = <T>(value: T): WriteResult<T> => ({ outcome: 'done', value })
const wait = (waitMs: number): WriteResult<never> => ({ outcome: 'wait', waitMs })
const unknown: WriteResult<never> = { outcome: 'unknown', error: new Error('cut off') }
const refused = (code: string): WriteResult<never> => ({ outcome: 'refused', code, error: new Error(code) })

const NOTHING = { kind: 'return', taken: 0 }
const failWith = (message: string) => ({ kind: 'fail', error: expect.objectContaining({ message }) })

/** The parts of a decision that a row names, and no notices that it does not name. */
function expectDecision(decision: Decision, row: Row): void {
  const { next, state = {}, unsupported, interrupt } = row
  expect(decision.next).toMatchObject(next)
  expect(decision.state).toMatchObject(state)
  expect(decision.unsupported).toBe(unsupported)
  expect(decision.interrupt).toBe(interrupt)
}

interface Row {
  next: object
  state?: object
  unsupported?: Decision['unsupported']
  interrupt?: Decision['interrupt']
}

test.each<[string, Partial<ReplyState>, string, boolean, number]>([
  ['a stream takes text up to the last space', { message: stream('a ') }, 'one two', false, 4],
  ['a stream takes all of the text at the end', { message: stream('a ') }, 'one two', true, 7],
  [
    'a stream that is too old takes all of the text',
    { message: stream('a ', { openedAt: NOW - SEGMENT_LIMIT_MS - 1 }) },
    'one two',
    false,
    7,
  ],
  [
    'a full stream that is too old leaves the text to the next message',
    { message: stream('a ', { openedAt: NOW - SEGMENT_LIMIT_MS - 1 }), isFull: true },
    'one two',
    false,
    4,
  ],
  ['text is held while nothing can be written', { mode: 'holding' }, 'one two', false, 0],
  ['text is held after Stop', { mode: 'stopped', message: post('a') }, 'one two', false, 0],
  ['held text is sendable at the end', { mode: 'holding' }, 'one two', true, 7],
])('sendable: %s', (_, state, text, isFinal, length) => {
  expect(sendableLength(replyState(state), text, isFinal, NOW)).toBe(length)
})

describe('planning a send', () => {
  const ALL = 'All of it.'
  test.each<[string, Partial<ReplyState>, { text?: string; footer?: Footer }, Row]>([
    ['no text and no step writes nothing', { message: stream('a') }, { text: '' }, { next: NOTHING }],
    [
      'the first text starts a stream',
      { parts: 0 },
      {},
      { next: { kind: 'start', piece: { text: ALL, taken: 10 } } },
    ],
    [
      'a step without text starts a stream',
      { steps: [SEARCHING] },
      { text: '' },
      { next: { kind: 'start', piece: { text: '', steps: [SEARCHING] } } },
    ],
    [
      'text is appended to a stream',
      { message: stream('a') },
      {},
      { next: { kind: 'append', stream: { content: { text: 'a' } }, piece: { text: ALL } } },
    ],
    [
      'without streams the first text is posted',
      { mode: 'updating', parts: 2 },
      {},
      { next: { kind: 'set', post: { part: 2, content: EMPTY_CONTENT }, closing: undefined } },
    ],
    [
      'without streams later text updates the message',
      { mode: 'updating', message: post('a') },
      {},
      { next: { kind: 'set', post: { ts: '1790000000.000100' }, piece: { text: ALL }, closing: undefined } },
    ],
    [
      'the last text of a post brings the footer with it',
      { mode: 'updating', message: post('a') },
      { footer: THUMBS },
      { next: { kind: 'set', closing: { footer: THUMBS } } },
    ],
    ['text is held back while nothing can be written', { mode: 'holding' }, {}, { next: NOTHING }],
    ['text is held back after Stop', { mode: 'stopped', message: post('a') }, {}, { next: NOTHING }],
    [
      'text that was held back is posted at the end',
      { mode: 'holding' },
      { footer: THUMBS },
      { next: { kind: 'set', piece: { text: ALL }, closing: { footer: THUMBS } } },
    ],
    [
      'the last words after Stop are kept for the close of the message',
      { mode: 'stopped', message: post('a', { isHeld: true, unconfirmed: 'a' }) },
      { footer: THUMBS },
      {
        next: { kind: 'return', taken: 10 },
        state: { message: { content: { text: `a${ALL}` }, unconfirmed: `a${ALL}` } },
      },
    ],
    [
      'a full message is closed before the next text',
      { message: stream('a'), isFull: true },
      {},
      {
        next: { kind: 'close', message: { content: { text: 'a' } } },
        state: { message: undefined, isFull: false, previous: { content: { text: 'a' } } },
      },
    ],
    [
      'text after a full message reopens its code block',
      { previous: stream('a'), reopening: '```\n' },
      {},
      { next: { kind: 'start', piece: { text: `\`\`\`\n${ALL}`, taken: 10 } } },
    ],
    [
      'steps alone begin no new message at the end',
      { previous: stream('a'), steps: [READING] },
      { text: '', footer: THUMBS },
      { next: NOTHING },
    ],
    [
      'steps alone begin the only message at the end',
      { steps: [READING] },
      { text: '', footer: THUMBS },
      { next: { kind: 'start' } },
    ],
    [
      'text beyond the limit is cut, and its last message gets no footer yet',
      { mode: 'updating', limitBytes: 8 },
      { footer: THUMBS },
      { next: { kind: 'set', piece: { text: 'All of ', taken: 7 }, closing: { footer: undefined } } },
    ],
  ])('%s', (_, state, { text = ALL, footer }, row) => {
    const decision = planSend(replyState(state), { text, footer }, { now: NOW, stepsUnsupported: false })
    expectDecision(decision, row)
  })

  test('a stream gets no steps as long as they are doubted', () => {
    const state = replyState({ steps: [SEARCHING], stepsDoubted: true })
    const { next } = planSend(state, { text: 'a', footer: undefined }, { now: NOW, stepsUnsupported: false })
    expect(next).toMatchObject({ kind: 'start', piece: { text: 'a', steps: [] } })
  })

  test('a stream gets no steps if the workspace has refused them before', () => {
    const decision = planSend(
      replyState({ steps: [SEARCHING] }),
      { text: 'a', footer: undefined },
      { now: NOW, stepsUnsupported: true },
    )
    expect(decision.next).toMatchObject({ kind: 'start', piece: { text: 'a', steps: [] } })
    expect(decision.state.steps).toEqual([])
  })

  test('a post gets its steps though the workspace has refused them in streams', () => {
    const decision = planSend(
      replyState({ mode: 'updating', steps: [SEARCHING] }),
      { text: 'a', footer: undefined },
      { now: NOW, stepsUnsupported: true },
    )
    expect(decision.next).toMatchObject({ kind: 'set', piece: { steps: [SEARCHING] } })
  })
})

describe('after chat.startStream', () => {
  const STARTED = { ts: '1790000000.000200', openedAt: NOW }
  test.each<[string, Partial<Piece>, WriteResult<typeof STARTED>, Row]>([
    [
      'a started stream holds the text',
      {},
      done(STARTED),
      {
        next: { kind: 'return', taken: 3 },
        state: {
          mode: 'streaming',
          message: { kind: 'stream', part: 1, ...STARTED, content: { text: 'one' }, unconfirmed: '' },
          parts: 2,
          firstTextAt: NOW,
        },
      },
    ],
    [
      'a started stream with a step alone shows no text yet',
      { text: '', taken: 0, steps: [SEARCHING] },
      done(STARTED),
      {
        next: NOTHING,
        state: { message: { content: { text: '', steps: [SEARCHING] } }, firstTextAt: undefined, steps: [] },
      },
    ],
    ['a wait holds the text back until the end', {}, wait(1), { next: NOTHING, state: { mode: 'holding' } }],
    [
      'no answer leads to posts, without another start',
      {},
      unknown,
      { next: NOTHING, state: { mode: 'updating', message: undefined } },
    ],
    [
      'refused steps are left out of this reply, and nothing is remembered yet',
      { steps: [SEARCHING] },
      refused('invalid_chunks'),
      { next: NOTHING, state: { mode: 'streaming', stepsDoubted: true } },
    ],
    [
      'refused chunks without steps lead to posts',
      {},
      refused('invalid_chunks'),
      { next: NOTHING, state: { mode: 'updating' } },
    ],
    [
      'a text that is too long halves the limit',
      {},
      refused('msg_too_long'),
      { next: NOTHING, state: { mode: 'streaming', limitBytes: SEGMENT_LIMIT_BYTES / 2 } },
    ],
    [
      'a step alone that is too long leads to posts',
      { text: '', taken: 0, steps: [SEARCHING] },
      refused('msg_too_long'),
      { next: NOTHING, state: { mode: 'updating', limitBytes: SEGMENT_LIMIT_BYTES } },
    ],
    [
      'a thread that is gone interrupts the turn',
      {},
      refused('thread_not_found'),
      { next: failWith('there is no thread to write to: thread_not_found'), interrupt: 'gone' },
    ],
    [
      'a workspace without streams is remembered',
      {},
      refused('feature_not_enabled'),
      { next: NOTHING, state: { mode: 'updating' }, unsupported: 'streams' },
    ],
    [
      'a channel without streams is not remembered for the workspace',
      {},
      refused('channel_type_not_supported'),
      { next: NOTHING, state: { mode: 'updating' } },
    ],
  ])('%s', (_, more, result, row) => {
    const sent = piece('one', more)
    const state = replyState({ steps: sent.steps })
    expectDecision(afterStart(state, { kind: 'start', piece: sent }, result, TIME), row)
  })
})

describe('after chat.appendStream', () => {
  const before = { content: { text: 'a ' }, ts: '1790000000.000100' }
  test.each<[string, Stream, Piece, WriteResult<unknown>, Row]>([
    [
      'appended text is in the message',
      stream('a '),
      piece('one'),
      done({}),
      {
        next: { kind: 'return', taken: 3 },
        state: { message: { content: { text: 'a one' }, unconfirmed: '' }, firstTextAt: NOW },
      },
    ],
    [
      'white space alone is no first text',
      stream(''),
      piece(' \n'),
      done({}),
      { next: { kind: 'return', taken: 2 }, state: { firstTextAt: undefined } },
    ],
    [
      'no answer counts as appended, and the text as unconfirmed',
      stream('a ', { unconfirmed: 'a ' }),
      piece('one'),
      unknown,
      {
        next: { kind: 'return', taken: 3 },
        state: { message: { content: { text: 'a one' }, unconfirmed: 'a one' } },
      },
    ],
    [
      'a cut makes the message full, and reopens its block in the next',
      stream('a '),
      lastPiece('one'),
      done({}),
      { next: { kind: 'return', taken: 3 }, state: { isFull: true, reopening: '```\n' } },
    ],
    [
      'a cut closes a stream at once if it is too old',
      stream('a ', { openedAt: NOW - SEGMENT_LIMIT_MS - 1 }),
      lastPiece('one'),
      done({}),
      {
        next: { kind: 'close', message: { content: { text: 'a one' } }, taken: 3 },
        state: { message: undefined, isFull: false, reopening: '```\n', previous: { part: 0 } },
      },
    ],
    [
      'a wait that ends in time is waited for',
      stream('a '),
      piece('one'),
      wait(9_999),
      { next: { kind: 'wait', waitMs: 9_999 }, state: { mode: 'streaming', message: before, unclosed: [] } },
    ],
    [
      'a wait beyond the end holds the rest for a new message',
      stream('a ', { unconfirmed: 'a ' }),
      piece('one'),
      wait(10_000),
      {
        next: NOTHING,
        state: {
          mode: 'holding',
          message: undefined,
          previous: before,
          unclosed: [{ ...before, unconfirmed: 'a ' }],
        },
      },
    ],
    [
      'Stop interrupts the turn and keeps the message for the last words',
      stream('a ', { part: 3, unconfirmed: 'a ' }),
      piece('one'),
      refused('stopped_by_user'),
      {
        next: NOTHING,
        state: {
          mode: 'stopped',
          message: { kind: 'post', ...before, part: 3, unconfirmed: 'a ', isHeld: true },
        },
        interrupt: 'stopped',
      },
    ],
    [
      'a message that takes no more is closed before the next text',
      stream('```\ncode\n'),
      piece('one'),
      refused('msg_too_long'),
      { next: NOTHING, state: { isFull: true, reopening: '```\n', limitBytes: SEGMENT_LIMIT_BYTES } },
    ],
    [
      'a message that takes nothing halves the limit',
      stream(''),
      piece('one'),
      refused('msg_too_long'),
      { next: NOTHING, state: { isFull: false, limitBytes: SEGMENT_LIMIT_BYTES / 2 } },
    ],
    [
      'refused steps are left out, and the text is appended without them',
      stream('a '),
      piece('one', { steps: [SEARCHING] }),
      refused('invalid_chunks'),
      {
        next: { kind: 'append', piece: { text: 'one', steps: [], taken: 3 } },
        state: { steps: [], stepsDoubted: true },
      },
    ],
    [
      'refused steps without text are left out',
      stream('a '),
      piece('', { steps: [SEARCHING] }),
      refused('invalid_chunks'),
      { next: NOTHING, state: { steps: [], stepsDoubted: true, message: { content: { steps: [] } } } },
    ],
    ...[
      'not_in_channel',
      'is_archived',
      'thread_not_found',
      'token_revoked',
      'restricted_action_thread_locked',
    ].map((code): [string, Stream, Piece, WriteResult<unknown>, Row] => [
      `a stream that says ${code} interrupts the turn`,
      stream('a '),
      piece('one'),
      refused(code),
      { next: failWith(`there is no thread to write to: ${code}`), interrupt: 'gone' },
    ]),
    ...['message_not_in_streaming_state', 'message_not_found', 'invalid_chunks'].map(
      (code): [string, Stream, Piece, WriteResult<unknown>, Row] => [
        `a stream that says ${code} is over: we check the claim first`,
        stream('a '),
        piece('one'),
        refused(code),
        { next: { kind: 'check claim', stream: before }, state: { mode: 'streaming', message: before } },
      ],
    ),
  ])('%s', (_, message, sent, result, row) => {
    const state = replyState({ message, steps: sent.steps })
    expectDecision(afterAppend(state, { kind: 'append', stream: message, piece: sent }, result, TIME), row)
  })

  test.each<[string, WriteResult<unknown>, Row['unsupported']]>([
    ['is remembered if the same goes through without them', done({}), 'steps'],
    ['is not remembered without an answer', unknown, undefined],
    ['is not remembered if that is refused too', refused('invalid_arguments'), undefined],
  ])('a refusal of steps %s', (_, result, unsupported) => {
    const message = stream('a ')
    const state = replyState({ message, stepsDoubted: true })
    const appended = afterAppend(
      state,
      { kind: 'append', stream: message, piece: piece('one') },
      result,
      TIME,
    )
    expect(appended.unsupported).toBe(unsupported)
    const started = result.outcome === 'done' ? done({ ts: '1790000000.000200', openedAt: NOW }) : result
    const call = { kind: 'start', piece: piece('one') } as const
    expect(
      afterStart(state, call, started as WriteResult<{ ts: string; openedAt: number }>, TIME).unsupported,
    ).toBe(unsupported)
  })

  test('later text leaves the time of the first text as it is', () => {
    const message = stream('a ')
    const state = replyState({ message, firstTextAt: NOW - 5_000 })
    const decision = afterAppend(
      state,
      { kind: 'append', stream: message, piece: piece('one') },
      done({}),
      TIME,
    )
    expect(decision.state.firstTextAt).toBe(NOW - 5_000)
  })

  test('a step that came while the text was on its way is shown with the next', () => {
    const message = stream('a ')
    const state = replyState({ message, steps: [READING, SEARCHING] })
    const sent = piece('one', { steps: [READING] })
    const decision = afterAppend(state, { kind: 'append', stream: message, piece: sent }, done({}), TIME)
    expect(decision.state.steps).toEqual([SEARCHING])
  })
})

describe('after chat.postMessage and chat.update', () => {
  const NEW = unposted(post(''))
  const TS = '1790000000.000300'
  test.each<[string, Post, WriteResult<string>, Row]>([
    [
      'a posted message has its ts',
      NEW,
      done(TS),
      {
        next: { kind: 'return', taken: 3 },
        state: { message: { ts: TS, content: { text: 'one' } }, parts: 1, firstTextAt: NOW },
      },
    ],
    [
      'an update confirms everything before it',
      post('a ', { unconfirmed: 'a ' }),
      done('1790000000.000100'),
      {
        next: { kind: 'return', taken: 3 },
        state: { message: { content: { text: 'a one' }, unconfirmed: '' } },
      },
    ],
    ['no answer to a post, after all tries, fails the reply', NEW, unknown, { next: failWith('cut off') }],
    [
      'no answer to an update leaves its text unconfirmed',
      post('a ', { unconfirmed: 'a ' }),
      unknown,
      {
        next: { kind: 'return', taken: 3 },
        state: { message: { content: { text: 'a one' }, unconfirmed: 'a one' } },
      },
    ],
    [
      'a wait that ends in time is waited for',
      post('a '),
      wait(9_999),
      { next: { kind: 'wait', waitMs: 9_999 } },
    ],
    [
      'a wait beyond the end fails the reply',
      post('a '),
      wait(10_000),
      { next: failWith('Slack asks to wait beyond the end of this invocation') },
    ],
    [
      'a post that is refused in every form fails the reply',
      NEW,
      refused('invalid_blocks'),
      { next: failWith('invalid_blocks') },
    ],
    ...['restricted_action', 'is_archived', 'invalid_auth', 'message_not_found'].map(
      (code): [string, Post, WriteResult<string>, Row] => [
        `a post that says ${code} interrupts the turn`,
        NEW,
        refused(code),
        { next: failWith(`there is no thread to write to: ${code}`), interrupt: 'gone' },
      ],
    ),
    [
      'an update in a channel that we were thrown out of interrupts the turn',
      post('a '),
      refused('not_in_channel'),
      { next: failWith('there is no thread to write to: not_in_channel'), interrupt: 'gone' },
    ],
    [
      'an update of a message that somebody deleted goes on in a new one',
      post('a '),
      refused('message_not_found'),
      { next: NOTHING, state: { message: undefined } },
    ],
    [
      'a post that is too long halves the limit',
      NEW,
      refused('msg_too_long'),
      { next: NOTHING, state: { limitBytes: SEGMENT_LIMIT_BYTES / 2 } },
    ],
    [
      'an update that is too long closes the message before the next text',
      post('a '),
      refused('msg_blocks_too_long'),
      { next: NOTHING, state: { isFull: true, limitBytes: SEGMENT_LIMIT_BYTES } },
    ],
    [
      'a message that Slack still holds for a stream is tried again in a second',
      post('a ', { conflicts: 4 }),
      refused('streaming_state_conflict'),
      {
        next: { kind: 'wait', waitMs: 1_000 },
        state: { message: { conflicts: 5, content: { text: 'a ' } } },
      },
    ],
    [
      'a message that Slack holds for too long is left for a new one',
      post('a ', { conflicts: 5 }),
      refused('streaming_state_conflict'),
      { next: NOTHING, state: { message: undefined, previous: { ts: '1790000000.000100' } } },
    ],
    [
      'a message that can no longer be edited is left, and the next begins with what it may lack',
      post('```\na ', { unconfirmed: 'a ' }),
      refused('edit_window_closed'),
      {
        next: NOTHING,
        state: { mode: 'updating', message: undefined, isFull: false, reopening: '```\na ', unclosed: [] },
      },
    ],
  ])('%s', (_, message, result, row) => {
    const state = replyState({ mode: 'updating', message: message.ts ? message : undefined, parts: 0 })
    const call = { kind: 'set', post: message, piece: piece('one'), closing: undefined } as const
    expectDecision(afterSet(state, call, result, TIME), row)
  })

  test('a message without text that is left passes on what was to be reopened', () => {
    const message = post('')
    const state = replyState({ mode: 'updating', message, reopening: '```\n' })
    const call = { kind: 'set', post: message, piece: piece('one'), closing: undefined } as const
    expect(afterSet(state, call, refused('edit_window_closed'), TIME).state.reopening).toBe('```\n')
  })

  test('a message that is set with its footer is closed', () => {
    const message = post('a ')
    const call = { kind: 'set', post: message, piece: piece('one'), closing: { footer: THUMBS } } as const
    const { state } = afterSet(replyState({ message }), call, done(TS), TIME)
    expect(state.message).toMatchObject({ closing: { footer: THUMBS } })
  })

  test('a reply fails if Slack takes no text, however short', () => {
    const call = { kind: 'set', post: NEW, piece: piece('one'), closing: undefined } as const
    const decision = afterSet(replyState({ limitBytes: 999 }), call, refused('msg_too_long'), TIME)
    expectDecision(decision, { next: failWith('Slack takes no text, however short') })
    const enough = afterSet(replyState({ limitBytes: 1_000 }), call, refused('msg_too_long'), TIME)
    expectDecision(enough, { next: NOTHING, state: { limitBytes: 500 } })
  })
})

describe('after the close of a message that text follows', () => {
  const message = stream('a ', { unconfirmed: 'a ' })
  const closed = (outcome: CloseResult['outcome'], missing: string): CloseResult => ({
    outcome,
    sessionActive: false,
    missing,
  })
  test.each<[string, number | undefined, CloseResult, Row]>([
    [
      'the send is planned again',
      undefined,
      closed('done', ''),
      {
        next: { kind: 'plan again' },
        state: { previous: { ts: message.ts, unconfirmed: '' }, unclosed: [] },
      },
    ],
    [
      'the send is over if its text was written',
      3,
      closed('done', ''),
      { next: { kind: 'return', taken: 3 } },
    ],
    ...(['unclear', 'stuck'] as const).map((outcome): [string, undefined, CloseResult, Row] => [
      `the message is closed at the end if the close is ${outcome}`,
      undefined,
      closed(outcome, 'a '),
      { next: { kind: 'plan again' }, state: { unclosed: [{ ts: message.ts, unconfirmed: 'a ' }] } },
    ]),
    [
      'text that it may lack is posted first',
      3,
      closed('refused', 'a '),
      { next: { kind: 'post missing', text: 'a ', taken: 3 }, state: { unclosed: [] } },
    ],
    [
      'a refused close without missing text changes nothing',
      undefined,
      closed('refused', ''),
      { next: { kind: 'plan again' }, state: { unclosed: [] } },
    ],
  ])('%s', (_, taken, result, row) => {
    const call = { kind: 'close', message, ...(taken !== undefined && { taken }) } as const
    expectDecision(afterClose(replyState({ previous: message }), call, result), row)
  })

  test('the posted missing text becomes the message before', () => {
    const state = replyState({ previous: message, parts: 4 })
    const decision = afterPostMissing(
      state,
      { kind: 'post missing', text: 'a ', taken: 3 },
      post('a ', { part: 4 }),
    )
    expectDecision(decision, {
      next: { kind: 'return', taken: 3 },
      state: { previous: { kind: 'post', part: 4 }, parts: 5 },
    })
  })
})

describe('after a stream that ended unasked', () => {
  const lost = stream('a ', { part: 2, unconfirmed: 'a ' })
  test.each<[string, boolean, Row]>([
    ['it is stopped if the turn is ours', true, { next: { kind: 'stop', stream: lost } }],
    [
      'nothing more is written if the turn is taken',
      false,
      { next: failWith("the turn is another process's"), interrupt: 'taken' },
    ],
  ])('%s', (_, holds, row) => {
    expectDecision(
      afterClaimCheck(replyState({ message: lost }), { kind: 'check claim', stream: lost }, holds),
      row,
    )
  })

  test.each(['', 'a '])('it goes on by updates, with the text that Slack may lack: "%s"', (missing) => {
    const stopped = { outcome: 'stuck', sessionActive: false, missing } as const
    expectDecision(afterStop(replyState({ message: lost }), { kind: 'stop', stream: lost }, stopped), {
      next: NOTHING,
      state: {
        mode: 'updating',
        message: {
          kind: 'post',
          part: 2,
          ts: lost.ts,
          content: { text: 'a ' },
          unconfirmed: missing,
          isHeld: false,
        },
      },
    })
  })
})

describe('a message whose content Slack has refused is written again', () => {
  const FOOTER = { footer: THUMBS }
  test.each<[string, Form, string, string, Closing | undefined, Form | undefined]>([
    ['without its steps', 'whole', 'invalid_blocks', 'a', FOOTER, 'stepless'],
    ['without its footer', 'stepless', 'invalid_blocks', 'a', FOOTER, 'bare'],
    ['as plain text if it has no footer', 'stepless', 'only_one_table_allowed', 'a', undefined, 'plain'],
    ['as plain text after its footer', 'bare', 'no_text', 'a', FOOTER, 'plain'],
    ['without its metadata at last', 'plain', 'metadata_too_large', 'a', FOOTER, 'unmarked'],
    ['no more after that', 'unmarked', 'invalid_blocks', 'a', FOOTER, undefined],
    ['not as plain text if it has none', 'bare', 'invalid_blocks', ' \n', FOOTER, undefined],
    ...['a_code_that_is_new', 'markdown_text_conflict', 'invalid_blocks_format', 'too_many_attachments'].map(
      (code): [string, Form, string, string, undefined, Form] => [
        code,
        'stepless',
        code,
        'a',
        undefined,
        'plain',
      ],
    ),
    ...[
      'is_archived',
      'msg_too_long',
      'streaming_state_conflict',
      'edit_window_closed',
      'invalid_auth',
      'missing_scope',
    ].map((code): [string, Form, string, string, Closing, undefined] => [
      `not if it says ${code}`,
      'whole',
      code,
      'a',
      FOOTER,
      undefined,
    ]),
  ])('%s', (_, form, code, text, closing, simpler) => {
    expect(simplerForm(form, code, { text }, closing)).toBe(simpler)
  })
})
