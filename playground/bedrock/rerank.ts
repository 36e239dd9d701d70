import type { Rank } from './knowledge-base.ts'
import { type Word, wordsOf } from './rank-words.ts'

/** How much each signal adds to the score of a text that holds the query's words. The five add up to 1. */
const SHARE = { held: 0.3, phrase: 0.2, heading: 0.25, near: 0.15, order: 0.1 }
/** The factor for a text that holds none of the query's numbers and identifiers. */
const WITHOUT_EXACT = 0.3

/**
 * Ranks texts by how they say what is asked, not by how often. It looks at the query's phrases, at its exact
 * numbers and identifiers, at the heading (a text's first line), and at how close together and in which order
 * the query's words are. Words that all texts share weigh little. Deterministic.
 */
export const rerank: Rank = (query, texts) => {
  const asked = distinct(wordsOf(query))
  const read = texts.map((text) => wordsOf(text))
  const weigh = createWeight(asked, read)
  return texts
    .map((text, index) => ({
      index,
      relevanceScore: relevance(asked, read[index] ?? [], wordsOf(firstLine(text)), weigh),
    }))
    .sort((a, b) => b.relevanceScore - a.relevanceScore || a.index - b.index)
}

function relevance(asked: Word[], words: Word[], heading: Word[], weigh: (word: Word) => number): number {
  const places = asked.map((word) => words.flatMap((found, at) => (same(word, found) ? [at] : [])))
  const sum = (chosen: Word[]) => chosen.reduce((total, word) => total + weigh(word), 0)
  const found = asked.filter((_, n) => (places[n]?.length ?? 0) > 0)
  if (found.length === 0) return 0
  const held = sum(found) / sum(asked)
  const named = asked.filter((word) => heading.some((other) => same(word, other)))
  // A first line that says much else is not a heading about what is asked.
  const headed = (sum(named) / sum(asked)) * Math.sqrt(named.length / Math.max(heading.length, 1))
  const exact = asked.filter((word) => word.exact)
  const exactHeld =
    exact.length === 0 ? 1 : exact.filter((word) => found.includes(word)).length / exact.length
  const neighbours = asked.slice(1).map((_, n) => ({ before: places[n] ?? [], after: places[n + 1] ?? [] }))
  const share = (holds: (pair: { before: number[]; after: number[] }) => boolean) =>
    neighbours.length === 0 ? 1 : neighbours.filter(holds).length / neighbours.length
  const phrase = share(({ before, after }) => before.some((at) => after.includes(at + 1)))
  const order = share(({ before, after }) =>
    before.some((at) => after.some((later) => later > at && later <= at + 2 * asked.length)),
  )
  const near = nearness(places.filter((at) => at.length > 0))
  const signals =
    SHARE.held +
    SHARE.phrase * phrase +
    SHARE.heading * Math.min(headed, 1) +
    SHARE.near * near +
    SHARE.order * order
  return held * signals * (WITHOUT_EXACT + (1 - WITHOUT_EXACT) * exactHeld)
}

/**
 * 1 if the words are next to each other, and closer to 0 the longer the shortest stretch is that holds all of
 * them.
 */
function nearness(places: number[][]): number {
  const all = places
    .flatMap((at, word) => at.map((place) => ({ place, word })))
    .sort((a, b) => a.place - b.place)
  const inside = new Map<number, number>()
  let shortest = Number.POSITIVE_INFINITY
  let start = 0
  for (const { place, word } of all) {
    inside.set(word, (inside.get(word) ?? 0) + 1)
    for (let first = all[start]; first !== undefined && inside.size === places.length; first = all[++start]) {
      shortest = Math.min(shortest, place - first.place + 1)
      const left = (inside.get(first.word) ?? 0) - 1
      if (left === 0) inside.delete(first.word)
      else inside.set(first.word, left)
    }
  }
  return places.length / Math.max(shortest, places.length)
}

function same(asked: Word, found: Word): boolean {
  if (asked.whole === found.whole || found.parts.includes(asked.whole)) return true
  return (
    asked.parts.length > 0 && asked.parts.every((part) => part === found.whole || found.parts.includes(part))
  )
}

/**
 * Weighs a word by how few of the texts have it. A word that no text has weighs most, so that it lowers every
 * score.
 */
function createWeight(asked: Word[], read: Word[][]): (word: Word) => number {
  const weights = new Map(
    asked.map((word) => [
      word,
      Math.log(
        2 + read.length / (1 + read.filter((words) => words.some((found) => same(word, found))).length),
      ),
    ]),
  )
  return (word) => weights.get(word) ?? 0
}

function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0] ?? ''
}

function distinct(words: Word[]): Word[] {
  return [...new Map(words.map((word) => [word.whole, word])).values()]
}
