import type { FailureKind } from '../failure.ts'
import { TOO_LONG } from '../sentences.ts'

/** How an answer ends: whole, with a note below it, or as a failure. */
export type ModelEnding =
  | { kind: 'whole' }
  | { kind: 'note'; note: string }
  | { kind: 'failure'; failure: FailureKind }

/**
 * Only the reasons in this list are known to leave a whole answer, or one that says why it ends. Bedrock adds
 * reasons, so any other means that the answer broke off.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
const WITH_TEXT: Readonly<Record<string, ModelEnding>> = {
  end_turn: { kind: 'whole' },
  stop_sequence: { kind: 'whole' },
  // It blocked something, which has a sentence of its own, or it masked something in an answer that is whole.
  guardrail_intervened: { kind: 'whole' },
  max_tokens: { kind: 'note', note: TOO_LONG },
  model_context_window_exceeded: { kind: 'note', note: TOO_LONG },
  content_filtered: { kind: 'failure', failure: 'model_declined' },
}
const WITHOUT_TEXT: Readonly<Record<string, ModelEnding>> = {
  // A family that hides its thoughts spends the limit on them too.
  max_tokens: { kind: 'failure', failure: 'model_only_thought' },
  model_context_window_exceeded: { kind: 'failure', failure: 'context_too_long' },
  content_filtered: { kind: 'failure', failure: 'model_declined' },
}

/** `wrote`: the person can read something of the answer. `thought`: the model showed that it was thinking. */
export function modelEndingOf(
  stopReason: string,
  { wrote, thought }: { wrote: boolean; thought: boolean },
): ModelEnding {
  if (wrote) return WITH_TEXT[stopReason] ?? { kind: 'failure', failure: 'answer_interrupted' }
  const nothing = thought ? 'model_only_thought' : 'model_wrote_nothing'
  return WITHOUT_TEXT[stopReason] ?? { kind: 'failure', failure: nothing }
}
