import type { Source } from './extractive-question.ts'
import { type Unit, unitsOf } from './extractive-units.ts'
import { contentWords, stems } from './extractive-words.ts'

/**
 * The share of the question's weight that the best unit, its neighbours and its headings must hold together.
 * With less, there is no answer.
 */
const MIN_COVERAGE = 0.55
const MAX_UNITS = 4
/** A list of up to this many steps is quoted whole, because half of a procedure helps nobody. */
const MAX_STEPS = 8
/**
 * A handful of units does not show which words are rare. Rarity is computed as if there were at least this
 * many.
 */
const MIN_CORPUS_UNITS = 50
/**
 * Factors for a word of the question that no source has: it weighs more than a rare word, and a name even
 * more.
 */
const UNKNOWN_WORD_FACTOR = 1.2
const UNKNOWN_NAME_FACTOR = 2
/** Headings above a unit and its neighbours count as part of it, but less when units are compared. */
const ABOVE_WEIGHT = 0.6
const BESIDE_WEIGHT = 0.3
/**
 * A further unit is quoted if its score reaches ALIKE_SHARE of the best one's, or NEW_WORD_SHARE if it also
 * has a new word of the question.
 */
const ALIKE_SHARE = 0.9
const NEW_WORD_SHARE = 0.5
/** A step belongs to its list if the headings above it hold this share of the question. */
const LEAD_SHARE = 0.3
/** Bonus for a unit of the form that the question asks for. */
const NUMBER_FACTOR = 1.15
const STEP_FACTOR = 1.6

/**
 * Chooses the units of `sources` that answer `question` best: one to four, or all steps of a list, in reading
 * order. Returns none if the sources do not hold enough of the question.
 */
export function choose(question: string, sources: Source[]): Unit[] {
  const units = sources.flatMap(unitsOf).filter(({ text }) => !echoes(text, question))
  const read = units.map((unit) => ({
    unit,
    own: stems(withoutAddresses(unit.text)),
    above: stems(unit.about),
  }))
  const weights = weigh(
    question,
    read.map(({ own, above }) => new Set([...own, ...above])),
  )
  const weightOf = (found: Set<string>) =>
    sum([...weights].filter(([word]) => found.has(word)).map(([, weight]) => weight))
  const total = sum(weights.values())
  const scored = read.map(({ unit, own, above }, i) => {
    const near = [read[i - 1], read[i + 1]].filter((other) => other?.unit.source === unit.source)
    const beside = new Set(near.flatMap((other) => [...(other?.own ?? [])]))
    const [ownWeight, aboveWeight, besideWeight] = [
      weightOf(own),
      weightOf(without(above, own)),
      weightOf(without(beside, own, above)),
    ]
    const answers =
      ownWeight + aboveWeight > 0 && (ownWeight + aboveWeight + besideWeight) / total >= MIN_COVERAGE
    const score =
      (ownWeight + ABOVE_WEIGHT * aboveWeight + BESIDE_WEIGHT * besideWeight) * formFactor(question, unit)
    const headed = unit.kind === 'item' && weightOf(above) / total >= MIN_COVERAGE
    return {
      unit,
      own,
      answers,
      score,
      led: headed || aboveWeight > (unit.kind === 'sentence' ? ownWeight : LEAD_SHARE * total),
    }
  })
  const [best, ...others] = scored.filter(({ answers }) => answers).sort((a, b) => b.score - a.score)
  if (!best) return []

  const chosen = [best]
  const said = new Set(best.own)
  const together = best.led ? underOneLead(best, scored) : []
  for (const next of [...together, ...others]) {
    if (chosen.length >= Math.max(MAX_UNITS, together.length)) break
    if (chosen.some(({ unit }) => unit.text === next.unit.text)) continue
    const adds =
      next.score >= ALIKE_SHARE * best.score ||
      (next.score >= NEW_WORD_SHARE * best.score && weightOf(without(next.own, said)) > 0)
    if (!adds && !together.includes(next)) continue
    chosen.push(next)
    for (const word of next.own) said.add(word)
  }
  const page = ({ source }: Unit) => (source === best.unit.source ? -1 : sources.indexOf(source))
  return chosen.map(({ unit }) => unit).sort((a, b) => page(a) - page(b) || a.position - b.position)
}

/**
 * If the headings above the best unit say what it is about, its neighbours under the same headings belong to
 * the answer, for example the steps of a list.
 */
function underOneLead<S extends { unit: Unit }>(best: S, scored: S[]): S[] {
  const group = scored.filter(
    ({ unit }) => unit.source === best.unit.source && unit.about === best.unit.about,
  )
  const steps = group.filter(({ unit }) => unit.kind === 'item')
  if (best.unit.kind === 'item' && steps.length <= MAX_STEPS) return steps
  const place = group.indexOf(best)
  return group.slice(place < MAX_UNITS ? 0 : place).slice(0, MAX_UNITS)
}

/** Drops the addresses of links: `#rotate-the-key` is not part of what a sentence says. */
const withoutAddresses = (markdown: string) => markdown.replace(/\]\([^)\s]*\)/g, ']')

/**
 * True if a text contains the question itself. Such a text asks the question or shows how to ask it, and does
 * not answer it.
 */
function echoes(text: string, question: string): boolean {
  const bare = (words: string) =>
    words
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? ''
  return bare(question) !== '' && ` ${bare(text)} `.includes(` ${bare(question)} `)
}

/** The weight of each content word of the question: the rarer a word is in the sources, the higher. */
function weigh(question: string, units: Set<string>[]): Map<string, number> {
  const count = Math.max(units.length, MIN_CORPUS_UNITS)
  return new Map(
    contentWords(question).map(({ stem, named }) => {
      const holders = units.filter((unit) => unit.has(stem)).length
      const rarity = Math.log(1 + (count - holders + 0.5) / (holders + 0.5))
      return [stem, holders > 0 ? rarity : rarity * (named ? UNKNOWN_NAME_FACTOR : UNKNOWN_WORD_FACTOR)]
    }),
  )
}

/** A question for a number prefers a unit with a number. A how-to question prefers a step or code. */
function formFactor(question: string, { kind, text }: Unit): number {
  if (/\b(?:how (?:many|much|long|often|old|big)|when|which (?:number|port|version))\b/i.test(question))
    return /\d/.test(text) ? NUMBER_FACTOR : 1
  return /\bhow (?:do|can|to|should|would|does)\b/i.test(question) && kind !== 'sentence' ? STEP_FACTOR : 1
}

const without = (words: Set<string>, ...others: Set<string>[]) =>
  new Set([...words].filter((word) => !others.some((other) => other.has(word))))
const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0)
