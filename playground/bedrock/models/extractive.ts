import { choose } from './extractive-choice.ts'
import { readQuestion, type Source } from './extractive-question.ts'
import type { Unit } from './extractive-units.ts'
import type { Model } from './model.ts'

/** The last line of every answer. An answer that found nothing has `[0]` after it. */
export const WRITTEN_BY = "_Quoted by the playground's extractive stand-in; no language model wrote this._"

/**
 * An honest stand-in for a language model. It quotes those sentences of the given passages that share the
 * most telling words with the question, each with its passage's number, and writes nothing of its own.
 * Without passages it quotes the earlier conversation, with the speakers' names. As the prompt asks, `[0]` at
 * the very end marks that the material does not hold the answer.
 */
export const extractive: Model = {
  async *answer(request) {
    const { text, passages, conversation } = readQuestion(request)
    const units = choose(text, passages ?? conversation)
    const answer =
      units.length > 0
        ? `${layOut(units.map(passages ? cited : attributed), units)}\n\n${WRITTEN_BY}`
        : `${nothingIn(passages)}\n\n${WRITTEN_BY} [0]`
    for (const token of tokensOf(answer)) yield { text: token }
  },
}

function nothingIn(passages: Source[] | undefined) {
  if (!passages) return 'I found nothing about this in our conversation.'
  if (passages.length === 0) return 'I was given no passage that could answer this.'
  const count = passages.length === 1 ? 'the one passage' : `the ${passages.length} passages`
  return `I found nothing about this in ${count} I was given.`
}

const cited = ({ kind, text, source }: Unit) =>
  kind === 'code' ? `${fenced(text)}\n[${source.number}]` : `${text} [${source.number}]`

const attributed = ({ kind, text, source }: Unit) =>
  kind === 'code' ? `${source.who}:\n${fenced(text)}` : `${source.who}: “${text}”`

const fenced = (code: string) => `\`\`\`\n${code}\n\`\`\``

function layOut(quotes: string[], units: Unit[]) {
  if (quotes.length === 1) return quotes[0]
  return quotes
    .map((quote, i) => (units[i]?.kind === 'code' ? `\n${quote}\n` : `- ${quote}`))
    .join('\n')
    .trim()
}

/**
 * Splits a text into words, each with the space before it, and punctuation. Joined, they are the text again.
 */
const tokensOf = (text: string) => text.match(/\s*(?:[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]+)|\s+$/gu) ?? []
