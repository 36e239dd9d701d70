/**
 * What can go wrong in a turn, each with the sentence that the person will read. Every fixed sentence of failure is
 * in this file. The messages and causes are for us and the log; they quote nobody.
 */
export abstract class Failure extends Error {
  /** A name for the log and the metrics that outlives minification. */
  abstract readonly kind: string
  /** For the person who asked, as Slack Markdown. */
  abstract readonly say: string
}

export class ModelBusy extends Failure {
  readonly kind = 'model_busy'
  readonly say = 'The model is busy right now. Ask me again in a minute.'
}

export class ModelSilent extends Failure {
  readonly kind = 'model_silent'
  readonly say = 'The model stopped answering. Ask me again in a minute.'
}

export class ModelFailed extends Failure {
  readonly kind = 'model_failed'
  readonly say = 'I could not reach the model that writes my answers.'
}

export class AnswerInterrupted extends Failure {
  readonly kind = 'answer_interrupted'
  readonly say = 'The answer broke off here: the model stopped in the middle of it.'
}

export class OutOfTime extends Failure {
  readonly kind = 'out_of_time'
  readonly say = 'I ran out of time, so the answer is cut short here.'
}

export class Unexpected extends Failure {
  readonly kind = 'unexpected'
  readonly say = 'Something went wrong on my side, and I could not answer.'
}

/** Lambda gave the turn up: a crash, no memory, no time, or too long a wait. */
export class GivenUp extends Failure {
  readonly kind = 'given_up'
  readonly say = 'Something went wrong on my side while I was working on this, and I could not finish.'
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Unexpected('not one of ours', { cause: error })
}

/** The whole of what a person reads about a failure. `reference` finds the log line of the turn. */
export function sentence(failure: Failure, { support, reference }: { support: string; reference: string }): string {
  return [failure.say, support, `(Reference: ${reference})`].filter((part) => part !== '').join(' ')
}

/** What the person reads where the guardrail stepped in. Never what it matched. */
export function guardrailSentence({ on, rules }: { on: 'question' | 'answer'; rules: readonly string[] }): string {
  const about = rules.length > 0 ? ` (${rules.join(', ')})` : ''
  return on === 'question'
    ? `I can't answer this question: it falls under one of your company's rules for me${about}.`
    : `I had to hold back my answer: it falls under one of your company's rules for me${about}.`
}
