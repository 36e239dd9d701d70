/** Words that do not show what a question is about. */
const QUESTION_STOP_WORDS = new Set(
  (
    'a about above after again all also am an and any anybody anyone anything are as at be because been before being below between both but by ' +
    'can cannot could did do does doing done down each either else ever every few find for from further gave get gets getting give gives go goes ' +
    'had happen happens has have having he hello her here hers hey hi him his how i if in into is it its itself just kind know let like long look ' +
    'made make makes many may me mean means might mine more most much must my need needs no nor not of off often ok okay on once one only or other ' +
    'across against among around during per since toward upon via within without our ours out over own people please quick really same say says see shall she should show so some somebody someone something soon still such ' +
    'tell than thank thanks that the their theirs them then there these they thing things think this those through to too under until up us use ' +
    'used uses using very want wants was way we well were what whats when where which while who whom whose why will with wondering would yes yet ' +
    'you your yours don doesn didn isn aren wasn weren won wouldn couldn shouldn re ve ll explain describe question answer exactly'
  ).split(' '),
)

/** One word of a text. `named` marks a name, a number or a piece of code: words that have no synonym. */
export interface Word {
  stem: string
  named: boolean
}

/**
 * The content words of a text, in order. Stop words are dropped, compounds and camelCase split, and words cut
 * to a simple stem.
 */
export function contentWords(text: string): Word[] {
  const found: Word[] = []
  for (const match of text.normalize('NFKC').matchAll(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}]+)?/gu)) {
    const written = match[0].replace(/['’]\p{L}+$/u, '')
    const startsSentence = /(?:^|[.!?:]\s+|\n\s*)["'“(*_`]*$/.test(text.slice(0, match.index))
    for (const part of written.split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u)) {
      const lower = part.toLowerCase()
      if (lower.length < 2 && !/\p{N}/u.test(lower)) continue
      if (QUESTION_STOP_WORDS.has(lower)) continue
      found.push({
        stem: stem(lower),
        named: /\p{N}/u.test(part) || (/^\p{Lu}/u.test(part) && !startsSentence),
      })
    }
  }
  return found
}

export const stems = (text: string): Set<string> => new Set(contentWords(text).map((word) => word.stem))

/**
 * Cuts English endings, roughly: rotate, rotates, rotating and rotation become the same; decide and decision
 * do not.
 */
function stem(word: string): string {
  if (word.length < 4 || /\p{N}/u.test(word)) return word
  let rest = word
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/(?<![su])s$/, '')
  if (/.{3}(?:ing|ed)$/.test(rest)) rest = rest.replace(/(?:ing|ed)$/, '').replace(/([bdgmnprt])\1$/, '$1')
  return rest
    .replace(/(?<=.{3}t)ion$/, '')
    .replace(/(?<=.{4})(?:ment|ly)$/, '')
    .replace(/(?<=.{2})e$/, '')
    .replace(/(?<=.{2})y$/, 'i')
}
