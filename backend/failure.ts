/** The sentences about what went wrong, under the name that the log and the metrics know it by. As Slack Markdown. */
const SENTENCES = {
  model_busy: 'The model is busy right now. Ask me again in a minute.',
  model_silent: 'The model stopped answering. Ask me again in a minute.',
  model_failed: 'I could not reach the model that writes my answers.',
  /** The model's provider filtered what it wrote. */
  model_declined: 'The model that writes my answers declined to answer this.',
  answer_interrupted: 'The answer broke off here: the model stopped in the middle of it.',
  out_of_time: 'I ran out of time, so the answer is cut short here.',
  /** Lambda gave the turn up: a crash, no memory, no time, or too long a wait. */
  given_up: 'Something went wrong on my side while I was working on this, and I could not finish.',
  /** "Try again", and the thread with the question cannot be read. */
  question_lost: 'I could not read your question again. Please ask it anew.',
  unexpected: 'Something went wrong on my side, and I could not answer.',
}

export type FailureKind = keyof typeof SENTENCES

/** What can go wrong in a turn. It carries the sentence that the person will read; the cause is for us, and quotes nobody. */
export class Failure extends Error {
  override readonly name = 'Failure' as const
  readonly kind: FailureKind
  readonly say: string
  constructor(kind: FailureKind, options?: ErrorOptions) {
    super(kind, options)
    this.kind = kind
    this.say = SENTENCES[kind]
  }
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('unexpected', { cause: error })
}

/** The whole of what a person reads about a failure. `reference` finds the log line of the turn. */
export function sentence(
  failure: Failure,
  { support, reference }: { support: string; reference: string },
): string {
  return [failure.say, support, `(Reference: ${reference})`].filter((part) => part !== '').join(' ')
}

/** What the person reads where the guardrail stepped in. Never what it matched. */
export function guardrailSentence({
  on,
  rules,
}: {
  on: 'question' | 'answer'
  rules: readonly string[]
}): string {
  const about = rules.length > 0 ? ` (${rules.join(', ')})` : ''
  return on === 'question'
    ? `I can't answer this question: it falls under one of your company's rules for me${about}.`
    : `I had to hold back my answer: it falls under one of your company's rules for me${about}.`
}
