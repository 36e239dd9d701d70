/** What a person reads about a failure, in Slack Markdown, and whether "Try again" is offered below it. */
interface Told {
  say: string
  /** True if the same question can have an answer a little later, without anybody changing anything. */
  canRetry: boolean
}

/** The log has the key. */
const FAILURES = {
  model_busy: { say: 'The model is busy right now. Ask me again in a minute.', canRetry: true },
  /** Another minute does not help: AWS counts this quota by the day. */
  model_quota: {
    say: 'The quota of the model that writes my answers is used up for today. Ask me again tomorrow.',
    canRetry: false,
  },
  model_silent: { say: 'The model stopped answering. Ask me again in a minute.', canRetry: true },
  /** No connection, or one that was lost. */
  model_failed: { say: 'I could not reach the model that writes my answers.', canRetry: true },
  /** The model or Bedrock answered with an error of its own. */
  model_error: { say: 'The model that writes my answers had an error.', canRetry: true },
  model_denied: {
    say: 'I am not allowed to use the model that writes my answers. Please tell the people who run me: trying again will not help.',
    canRetry: false,
  },
  /** Retired, not in this region, or never there. */
  model_unavailable: {
    say: 'The model that I am set up with is not available. Please tell the people who run me: they have to choose another one.',
    canRetry: false,
  },
  guardrail_unavailable: {
    say: 'The guardrail that I am set up with is not available, so I do not answer. Please tell the people who run me: trying again will not help.',
    canRetry: false,
  },
  context_too_long: {
    say: 'Your question and this thread are too long for the model that writes my answers. Ask me in a new thread, with only what matters.',
    canRetry: false,
  },
  model_refused: {
    say: 'The model that writes my answers did not accept my request. Please tell the people who run me: trying again will not help.',
    canRetry: false,
  },
  model_wrote_nothing: { say: 'The model that writes my answers ended without an answer.', canRetry: true },
  model_only_thought: {
    say: 'The model that writes my answers only thought about this and wrote no answer. Try again, or ask me something narrower.',
    canRetry: true,
  },
  /** The model's provider filtered what it wrote. */
  model_declined: {
    say: 'The model that writes my answers declined to answer this.',
    canRetry: true,
  },
  answer_interrupted: {
    say: 'The answer broke off here: the model stopped in the middle of it.',
    canRetry: true,
  },
  out_of_time: { say: 'I ran out of time, so the answer is cut short here.', canRetry: true },
  /** Lambda gave the turn up: it crashed, had no memory or time left, or waited too long. */
  given_up: {
    say: 'Something went wrong on my side while I was working on this, and I could not finish.',
    canRetry: true,
  },
  /** After "Try again", if the question cannot be read from the thread. */
  question_lost: {
    say: 'I could not read your question in the thread. Please ask it again.',
    canRetry: true,
  },
  unexpected: { say: 'Something went wrong on my side, and I could not answer.', canRetry: true },
} satisfies Record<string, Told>

export type FailureKind = keyof typeof FAILURES

/** A failure of a turn. `say` is for the person. `cause` is for the log, which takes only its name. */
export class Failure extends Error {
  override readonly name = 'Failure' as const
  readonly kind: FailureKind
  readonly say: string
  readonly canRetry: boolean
  constructor(kind: FailureKind, options?: ErrorOptions) {
    super(kind, options)
    this.kind = kind
    this.say = FAILURES[kind].say
    this.canRetry = FAILURES[kind].canRetry
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
