import { isDelimiterRow, withoutMarkers } from './blocks.ts'
import { closingLine, openingLine } from './fence.ts'
import { follow, isHalfRow, type MarkdownState } from './follow.ts'
import { inlineTokens } from './inline.ts'

/** A fenced block or a row is waited for until it is whole; one that is longer is shown in parts. Some 12 s of a model's writing. */
export const HOLD_LIMIT_CHARS = 3_000

/**
 * How much of `text` may be shown while more is to come: never half a fenced block, a row or a word, where that can be
 * helped, and so that what follows begins with no white space: where two pieces are joined it may get lost (seen by
 * third parties). `state` is what the text before left open. Links and mentions are whole already: `text` ends where a
 * token does.
 */
export function showable(state: MarkdownState, text: string): number {
  let safe = 0
  let insideFence = 0
  const end = follow(state, text, (at, state) => {
    if (!/\S/.test(text[at] ?? '')) return
    if (state.blocks.fence) insideFence = at
    else safe = at
  })
  if (!end.blocks.fence && !isHalfRow(end)) {
    const lastLine = Math.max(safe, text.lastIndexOf('\n') + 1)
    const word = wordEnds(text.slice(lastLine)).at(-1)
    if (word !== undefined) safe = lastLine + word
  }
  if (text.length - safe <= HOLD_LIMIT_CHARS) return safe
  return insideFence > safe ? insideFence : text.length
}

/** The longest header that is written again; less than the smallest message that we write. */
const REPEATED_BYTES = 400

/** Where a message ends and the next begins. */
export interface Cut {
  /** How much of the text the first message takes. */
  at: number
  /** Written after it: closes a fenced block that goes on. */
  closing: string
  /** Written before the rest: opens the block again, or gives the table its header. */
  reopening: string
}

/** From the best place to the worst. */
const CUT_KINDS = ['paragraph', 'line', 'row', 'word'] as const

interface CutPoint {
  at: number
  kind: (typeof CUT_KINDS)[number]
  /** What is open there. */
  state: MarkdownState
}

/**
 * Where to end a message that holds `used` of its `limit` UTF-8 bytes, the closing included: at the best place that
 * leaves it at least half full. Cuts inside a word, a link or a row only where a whole message has no other place. A
 * `fresh` message, which holds nothing but what opens a block again, takes some of the text in any case.
 */
export function cutWithin(
  state: MarkdownState,
  text: string,
  { used, limit, fresh }: { used: number; limit: number; fresh: boolean },
): Cut {
  const bytesTo = bytesUpTo(text)
  const fits = ({ at, state }: CutPoint) =>
    (at > 0 || !fresh) && used + bytesTo(at) + bytesOf(closingFor(state)) <= limit
  const fitting = cutPoints(state, text).filter(fits)
  const full = fitting.filter(({ at }) => used + bytesTo(at) >= limit / 2)
  const best =
    CUT_KINDS.flatMap((kind) => full.findLast((place) => place.kind === kind) ?? [])[0] ?? fitting.at(-1)
  if (best) return cutAt(best)
  const closing = closingFor(state)
  const filled = (characters: Iterable<string>) => {
    let at = 0
    for (const character of characters) {
      if (used + bytesTo(at + character.length) + bytesOf(closing) + 1 > limit) break
      at += character.length
    }
    return at
  }
  // What is shown as one character can be longer than a whole message: then it is cut as well.
  const whole = filled(graphemesOf(text))
  const at = whole > 0 || !fresh ? whole : filled(text)
  return cutAt({ at, state: follow(state, text.slice(0, at)) })
}

/** The cut at the last end of a paragraph in `text`, where it has one: a message that is full enough ends there. */
export function cutAtParagraph(state: MarkdownState, text: string): Cut | undefined {
  const end = cutPoints(state, text).findLast(({ kind }) => kind === 'paragraph')
  return end && cutAt(end)
}

/** At the last end of a line in `text`, else of a word, else after all of it: a message that cannot wait ends there. */
export function cutLatest(state: MarkdownState, text: string): Cut {
  const found = cutPoints(state, text)
  const latest = found.findLast(({ kind }) => kind !== 'word') ?? found.at(-1)
  return cutAt(latest ?? { at: text.length, state: follow(state, text) })
}

/** What is shown as one character, such as a family emoji of seven code points. */
function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of new Intl.Segmenter().segment(text)) yield segment
}

export function bytesOf(text: string): number {
  return Buffer.byteLength(text)
}

function cutPoints(state: MarkdownState, text: string): CutPoint[] {
  const found: CutPoint[] = []
  let lineStart = 0
  let before = state
  const words = (end: number): void => {
    const line = text.slice(lineStart, end)
    if (/^[ \t]*(?:`{3}|~{3})/.test(withoutMarkers(before.line + line))) return
    if (
      before.blocks.fence ||
      before.tableHead !== undefined ||
      /^[ \t]*\|/.test(before.line + line) ||
      isDelimiterRow(line)
    )
      return
    for (const at of wordEnds(line))
      found.push({ at: lineStart + at, kind: 'word', state: { ...before, line: 'x' } })
  }
  const line = (at: number, state: MarkdownState): void => {
    if (
      state.previous.includes('|') &&
      state.tableHead === undefined &&
      isDelimiterRow(/^[^\n]*/.exec(text.slice(at))?.[0] ?? '')
    )
      return
    const kind =
      state.blocks.fence || state.tableHead !== undefined
        ? 'row'
        : state.previous === ''
          ? 'paragraph'
          : 'line'
    found.push({ at, kind, state })
  }
  if (state.line === '') line(0, state)
  follow(state, text, (end, state) => {
    words(end)
    line(end, state)
    lineStart = end
    before = state
  })
  words(text.length)
  return found
}

/** What ends a word: white space, or a character of a script that writes none. */
const WORD_ENDS =
  /[ \t]+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu

/** Where words begin in a line, the first apart: outside links, code and the like. */
function wordEnds(line: string): number[] {
  const ends: number[] = []
  let at = 0
  for (const { kind, raw } of inlineTokens(line)) {
    if (kind === 'text')
      ends.push(...[...raw.matchAll(WORD_ENDS)].map((end) => at + end.index + end[0].length))
    at += raw.length
  }
  return ends.filter((end) => /\S/.test(line[end] ?? ''))
}

function cutAt({ at, state }: Pick<CutPoint, 'at' | 'state'>): Cut {
  return { at, closing: closingFor(state), reopening: reopeningFor(state) }
}

/** What opens again in the next message what is open at the end of one. */
export function reopeningFor({ blocks: { fence }, tableHead = '' }: MarkdownState): string {
  if (fence) return openingLine(bytesOf(fence.info) <= REPEATED_BYTES ? fence : { ...fence, info: '' })
  return bytesOf(tableHead) <= REPEATED_BYTES ? tableHead : ''
}

function closingFor({ blocks: { fence }, line }: MarkdownState): string {
  return fence ? `${line === '' ? '' : '\n'}${closingLine(fence)}` : ''
}

/** Bytes of the first so many characters, counted once for all. */
function bytesUpTo(text: string): (at: number) => number {
  const upTo = new Uint32Array(text.length + 1)
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    // Either half of a character beyond the BMP counts as half of its four bytes.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3
    upTo[at + 1] = bytes
  }
  return (at) => upTo[at] ?? bytes
}
