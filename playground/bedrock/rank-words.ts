/** One word of a text. */
export interface Word {
  /** The form that is compared: lower case, without accents, and for English words the stem. */
  whole: string
  /**
   * The parts of a compound (`aws_access_key_id`, `on-call`, `createKnowledgeBase`, `24.2`). Empty for a
   * plain word.
   */
  parts: string[]
  /** True for a number or an identifier, which match only if they are identical. */
  exact: boolean
}

/** Words of questions and sentences that do not show what is asked. */
const SEARCH_STOP_WORDS = new Set(
  `a about after all also am an and any anyone are as at be been before being but by can could did do does doing done for from had has have
  having he her here hers him his how i if in into is it its just know let like many may me mean means might more most much must my need no not of
  off on one only or our out over own please shall she should so some someone such tell than that the their them then there these they
  this those to too under up us was we were what when where which while who whom whose why will with would you your`.split(
    /\s+/,
  ),
)

/** Forms of common verbs that no rule covers. */
const IRREGULAR: Record<string, string> = {
  bought: 'buy',
  broke: 'break',
  broken: 'break',
  built: 'build',
  chosen: 'choose',
  given: 'give',
  held: 'hold',
  kept: 'keep',
  lost: 'lose',
  paid: 'pay',
  said: 'say',
  sent: 'send',
  sold: 'sell',
  stolen: 'steal',
  taken: 'take',
  written: 'write',
  wrote: 'write',
}

// Hyphens, dots and the like hold a name together. A slash only separates names.
const COMPOUND = /[\p{L}\p{N}]+(?:[-_.:@+][\p{L}\p{N}]+)*/gu
// Scripts without spaces between words are compared by pairs of characters.
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u

/** The meaningful words of a text, in order. */
export function wordsOf(text: string): Word[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFKC')
    .replace(/['’]s\b/g, '')
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
  return Array.from(plain.matchAll(COMPOUND), ([found]) => found).flatMap((found) => {
    if (UNSPACED.test(found)) return pairs(found).map((whole) => ({ whole, parts: [], exact: false }))
    const pieces = found.replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ').split(/[-_.:@+ ]/)
    const lower = found.toLowerCase()
    if (pieces.length === 1)
      return isWord(lower) ? [{ whole: stem(lower), parts: [], exact: /\d/.test(lower) }] : []
    const parts = pieces
      .map((piece) => piece.toLowerCase())
      .filter(isWord)
      .map(stem)
    return [{ whole: lower, parts, exact: /[\d_.:@+]|\p{Ll}\p{Lu}/u.test(found) }]
  })
}

function isWord(lower: string): boolean {
  return !SEARCH_STOP_WORDS.has(lower) && (lower.length > 1 || /\d/.test(lower))
}

/**
 * Reduces the forms of an English word to one: rotate, rotates, rotated, rotating, rotation. Leaves very
 * short words as they are.
 */
function stem(form: string): string {
  const word = (Object.hasOwn(IRREGULAR, form) && IRREGULAR[form]) || form
  if (word.length < 4 || /[^a-z]/.test(word)) return word
  const singular = word
    .replace(/ies$/, 'y')
    .replace(/([^aeiou]|[aeo])s$/, (end) => (/ss$/.test(word) ? end : end.slice(0, -1)))
  const bare = singular.replace(/(?<=[aeiouy].*..)(?:ing|ed)$|(?<=[aeiouy].*[ts])ion$/, '')
  const single = bare === singular ? bare : bare.replace(/([bdgmnprt])\1$/, '$1')
  return single.length > 3 ? single.replace(/e$/, '') : single
}

function pairs(text: string): string[] {
  const characters = Array.from(text)
  return characters.length < 2
    ? characters
    : characters.slice(1).map((character, n) => `${characters[n]}${character}`)
}
