import type { ConverseRequest } from '../../playground/bedrock/converse-request.ts'
import type { Model } from '../../playground/bedrock/models/model.ts'

/** Words of one answer: some seconds of speaking, and some appends. */
const WORDS = 60

/** How people ask the question number `n`. */
export function questionOf(n: number): string {
  return `what is the answer to question ${n}?`
}

/** The whole text of its answer, unlike any other. */
export function answerOf(n: number): string {
  const words = Array.from({ length: WORDS }, (_, word) => `word${n}.${word}`)
  return `The answer to question ${n}: ${words.join(' ')}, and that is all of ${n}.`
}

/** Which question a request to the model is about; 0 where it is none of these. */
export function askedIn(args: Record<string, unknown>): number {
  const asked = [...JSON.stringify(args.messages ?? '').matchAll(/answer to question (\d+)\?/g)].at(-1)
  return Number(asked?.[1] ?? 0)
}

/** Answers these questions, a word at a time. */
export const answering: Model = {
  async *answer(request: ConverseRequest) {
    for (const piece of answerOf(askedIn({ ...request })).match(/\S+\s*/g) ?? []) yield { text: piece }
  },
}
