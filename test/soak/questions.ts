import type { ConverseRequest } from '../../playground/bedrock/converse-request.ts'
import type { Model } from '../../playground/bedrock/models/model.ts'

/** Words of one answer: enough for a few seconds of streaming and several appends. */
const WORDS = 60

/** The text of question `n`. */
export function questionOf(n: number): string {
  return `what is the answer to question ${n}?`
}

/** The whole answer to question `n`. No two are alike. */
export function answerOf(n: number): string {
  const words = Array.from({ length: WORDS }, (_, word) => `word${n}.${word}`)
  return `The answer to question ${n}: ${words.join(' ')}, and that is all of ${n}.`
}

/** The number of the question in a request to the model; 0 if there is none. */
export function askedIn(args: Record<string, unknown>): number {
  const asked = [...JSON.stringify(args.messages ?? '').matchAll(/answer to question (\d+)\?/g)].at(-1)
  return Number(asked?.[1] ?? 0)
}

/** A model that knows these answers and sends one word a delta. */
export const answering: Model = {
  async *answer(request: ConverseRequest) {
    for (const piece of answerOf(askedIn({ ...request })).match(/\S+\s*/g) ?? []) yield { text: piece }
  },
}
