import { inlineTokens } from './inline.ts'

/** Ends of words: white space, or any character of a script that writes no spaces. */
const WORD_ENDS =
  /[ \t]+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu

/** The positions in `line` at which a word begins, except the first: outside links, code and the like. */
export function wordStarts(line: string): number[] {
  const starts: number[] = []
  let at = 0
  for (const { kind, raw } of inlineTokens(line)) {
    if (kind === 'text')
      starts.push(...[...raw.matchAll(WORD_ENDS)].map((end) => at + end.index + end[0].length))
    at += raw.length
  }
  return starts.filter((start) => /\S/.test(line[start] ?? ''))
}
