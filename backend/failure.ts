/** The sentence that a person reads about each failure, in Slack Markdown. The log has its key. */
const SENTENCES = {
  model_busy: 'The model is busy right now. Ask me again in a minute.',
  model_silent: 'The model stopped answering. Ask me again in a minute.',
  model_failed: 'I could not reach the model that writes my answers.',
  /** The model's provider filtered what it wrote. */
  model_declined: 'The model that writes my answers declined to answer this.',
  answer_interrupted: 'The answer broke off here: the model stopped in the middle of it.',
  out_of_time: 'I ran out of time, so the answer is cut short here.',
  /** Lambda gave the turn up: it crashed, had no memory or time left, or waited too long. */
  given_up: 'Something went wrong on my side while I was working on this, and I could not finish.',
  /** After "Try again", if the question cannot be read from the thread. */
  question_lost: 'I could not read your question in the thread. Please ask it again.',
  unexpected: 'Something went wrong on my side, and I could not answer.',
}

export type FailureKind = keyof typeof SENTENCES

/** A failure of a turn. `say` is for the person. `cause` is for the log, which takes only its name. */
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

/** All that a person reads about a failure. `reference` finds the log line of the turn. */
export function sentence(
  failure: Failure,
  { support, reference }: { support: string; reference: string },
): string {
  return [failure.say, support, `(Reference: ${reference})`].filter((part) => part !== '').join(' ')
}
