import { INLINE_HOLD_CHARS, type Reading } from './token.ts'

/** `1`, `1, 3`, `1-3`, `^1`, `Source 1` or `1:0`, as models write the inside of a citation. */
const NUMBER = String.raw`\^?\d{1,3}(?::\d{1,3})?\^?`
const ITEM = String.raw`(?:(?:passages?|sources?|refs?|references?)[ :#]{0,3}|#)?${NUMBER}(?:\s{0,3}[-–—]\s{0,3}${NUMBER})?`
const INSIDE = String.raw`\s{0,9}${ITEM}(?:\s{0,9}[,;&]\s{0,9}${ITEM}){0,19}\s{0,9}`

/** `[1]`, `[[1]]`, `【1】`, `【1†source】` or `［1］`. A bracket before `(` is a link. */
const MARKER = new RegExp(
  String.raw`^(?:\[(${INSIDE})\](?!\()|\[\[(${INSIDE})\]\](?!\()|【(${INSIDE})(?:†[^】\n]{0,99})?】|［(${INSIDE})］)`,
  'i',
)

/** The widest range that models write. `[1-200]` is no citation. */
const WIDEST_RANGE = 20

/** Words of these scripts have no spaces between them, or end without one before a bracket. */
const SCRIPTS_WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u

/** A word, a bracket, a path or a call right before a bracket: `args[0]`, `a[1][2]`, `/users/[1]`, `f(x)[1]`. */
const INDEXED =
  /(?:[\p{L}\p{M}\p{N}\]/\\$=@-]|(?<![\s(]_[^_\n]{0,200}|^_[^_\n]{0,200})_|[\p{L}\p{N}]\([^()\s]{0,200}\))$/u

/** White space, and what may stand between a citation and the end of its sentence. */
const CLOSERS = '["\'”’»)*_~]'
const ENDS = '[.!?…。！？]'
const ONLY_PUNCTUATION = new RegExp(String.raw`^(?:\s|${CLOSERS}|${ENDS})*$`)
const ENDS_BEHIND = new RegExp(
  String.raw`^[ \t]*(?:${CLOSERS}*(?:[.!?…]+${CLOSERS}*(?=\s|$)|[。！？])|${CLOSERS}*[ \t]*(?:\n|\|))`,
)
const CLAUSE_BEHIND = new RegExp(`^${CLOSERS}*(?:[,;:](?=\\s)|[，；：、])`)
const ENDS_BEFORE = new RegExp(String.raw`${ENDS}${CLOSERS}*[ \t]*$`)
const LIST_NUMBER = /(?:^|\n)[ \t>]*\d{1,9}\.[ \t]*$/

/**
 * Reads citations at the start of `rest`, neighbours together: `[1]`, `[1][3]` or `[9] [12]`. Undefined if there
 * is none, or if `before`, the text before it, makes it part of a word, a path or an index. `final`: nothing
 * follows `rest`.
 */
export function readMarker(rest: string, final: boolean, before: string): Reading | undefined {
  const numbers: number[] = []
  let length = 0
  for (;;) {
    const space = length === 0 ? 0 : (/^ ?/.exec(rest.slice(length))?.[0].length ?? 0)
    const next = rest.slice(length + space, length + space + INLINE_HOLD_CHARS)
    const found = MARKER.exec(next)
    const named = found && numbersIn(found[1] ?? found[2] ?? found[3] ?? found[4] ?? '')
    if (!found || !named) {
      // Perhaps another one follows that is not complete.
      if (length > 0 && !final && /^(?:\[[^\]\n]{0,40}\]{0,2}|【[^】\n]{0,140}|［[^］\n]{0,40})?$/.test(next))
        return 'hold'
      break
    }
    if (length === 0 && isIndex(found[0], before)) return undefined
    if (!final && found[0].length === next.length) return 'hold'
    numbers.push(...named)
    length += space + found[0].length
  }
  if (length === 0) return undefined
  const behind = rest.slice(length)
  if (/^[\w/\\]/.test(behind)) return undefined
  const isLast = ONLY_PUNCTUATION.test(behind)
  const mayEndClause = behind.length === 1 && /[,;:]/.test(behind)
  if ((isLast || mayEndClause) && !final && behind.length < INLINE_HOLD_CHARS) return 'hold'
  const closes = ENDS_BEHIND.test(behind) || (ENDS_BEFORE.test(before) && !LIST_NUMBER.test(before))
  const closesClause = CLAUSE_BEHIND.test(behind)
  const place = isLast && final ? 'end' : closes ? 'sentence end' : closesClause ? 'clause end' : 'inside'
  return { kind: 'marker', raw: rest.slice(0, length), numbers, place }
}

/** Footnotes and lenticular brackets index nothing, so they may follow a word. */
function isIndex(marker: string, before: string): boolean {
  return /^\[\[?\s*[^^]/.test(marker) && INDEXED.test(before) && !SCRIPTS_WITHOUT_SPACES.test(before)
}

/** Undefined if a range is no range of citations. */
function numbersIn(inside: string): number[] | undefined {
  const numbers: number[] = []
  for (const item of inside.split(/[,;&]/)) {
    const [from = 0, to = from] = [...item.matchAll(/(?<![:\d])\d{1,3}/g)].map(([number]) => Number(number))
    if (to < from || to - from > WIDEST_RANGE) return undefined
    for (let number = from; number <= to; number++) numbers.push(number)
  }
  return numbers
}
