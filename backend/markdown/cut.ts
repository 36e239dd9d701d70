import { bytesOf, bytesUpTo } from './bytes.ts'
import { CUT_KINDS, type CutPoint, cutPoints } from './cut-points.ts'
import { closingLine, openingLine } from './fence.ts'
import { follow, type MarkdownState } from './follow.ts'

/** A longer table header or info string is not repeated. Less than the smallest message that we write. */
const REPEATED_BYTES = 400

/** The border between two messages. */
export interface Cut {
  /** The number of characters that the first message takes. */
  at: number
  /** Written after them: closes the fenced block that is cut. */
  closing: string
  /** Written before the rest: reopens the block, or repeats the table's header. */
  reopening: string
}

/**
 * Cuts `text` for a message that already holds `used` of its `limit` UTF-8 bytes, closing line included: at
 * the best point that leaves the message at least half full. Cuts inside a word, a link or a row only if a
 * whole message has no other point. A `fresh` message, which holds nothing or only a reopening line, always
 * takes some of the text.
 */
export function cutWithin(
  before: MarkdownState,
  text: string,
  { used, limit, fresh }: { used: number; limit: number; fresh: boolean },
): Cut {
  const bytesTo = bytesUpTo(text)
  const fits = ({ at, state }: CutPoint) =>
    (at > 0 || !fresh) && used + bytesTo(at) + bytesOf(closingFor(state)) <= limit
  const fitting = cutPoints(before, text).filter(fits)
  const halfFull = fitting.filter(({ at }) => used + bytesTo(at) >= limit / 2)
  const best =
    CUT_KINDS.flatMap((kind) => halfFull.findLast((point) => point.kind === kind) ?? [])[0] ?? fitting.at(-1)
  if (best) return cutAt(best)
  const closing = closingFor(before)
  const filled = (characters: Iterable<string>) => {
    let at = 0
    for (const character of characters) {
      if (used + bytesTo(at + character.length) + bytesOf(closing) + 1 > limit) break
      at += character.length
    }
    return at
  }
  // A grapheme can be longer than a whole message: then we cut between its code points.
  const whole = filled(graphemesOf(text))
  const at = whole > 0 || !fresh ? whole : filled(text)
  return cutAt({ at, state: follow(before, text.slice(0, at)) })
}

/** Cuts at the last end of a paragraph; undefined if `text` has none. For a message that is full enough. */
export function cutAtParagraph(before: MarkdownState, text: string): Cut | undefined {
  const end = cutPoints(before, text).findLast(({ kind }) => kind === 'paragraph')
  return end && cutAt(end)
}

/**
 * Cuts at the last end of a line, else of a word, else after all of `text`, so that the message can end now.
 */
export function cutLatest(before: MarkdownState, text: string): Cut {
  const points = cutPoints(before, text)
  const latest = points.findLast(({ kind }) => kind !== 'word') ?? points.at(-1)
  return cutAt(latest ?? { at: text.length, state: follow(before, text) })
}

function cutAt({ at, state }: Pick<CutPoint, 'at' | 'state'>): Cut {
  return { at, closing: closingFor(state), reopening: reopeningFor(state) }
}

/** The beginning of the next message: the opening line of the open block, or the header of the open table. */
export function reopeningFor({ blocks: { fence }, tableHead = '' }: MarkdownState): string {
  if (fence) return openingLine(bytesOf(fence.info) <= REPEATED_BYTES ? fence : { ...fence, info: '' })
  return bytesOf(tableHead) <= REPEATED_BYTES ? tableHead : ''
}

function closingFor({ blocks: { fence }, line }: MarkdownState): string {
  return fence ? `${line === '' ? '' : '\n'}${closingLine(fence)}` : ''
}

/**
 * The graphemes of a text. A reader sees each as one character, such as a family emoji of seven code points.
 */
function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of new Intl.Segmenter().segment(text)) yield segment
}
