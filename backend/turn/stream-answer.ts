import type { Assistant } from '../assistant.ts'
import { asFailure, Failure } from '../failure.ts'
import { toHistory } from '../prompt/history.ts'
import type { Converse } from '../prompt/model.ts'
import { toPlain } from '../prompt/mrkdwn.ts'
import type { NumberedPassage } from '../prompt/passage.ts'
import { toPrompt } from '../prompt/prompt.ts'
import { guardrailSentence, NOT_FOUND } from '../sentences.ts'
import type { Claim } from '../turn-record.ts'
import { allowListOf } from './allow-list.ts'
import { createCitations } from './citations.ts'
import type { Material } from './gather.ts'
import { modelEndingOf } from './model-ending.ts'
import type { Question } from './question.ts'
import type { Reply } from './replies.ts'
import type { Report } from './report.ts'

/** Dependencies of `streamAnswer`; wire.ts provides them. */
export interface StreamDeps {
  model: { converse: Converse }
  /** We only check that it exists: without it the prompt does not mention any knowledge. */
  search?: unknown
  assistant: Assistant
  clock: { now(): number }
}

/** The reply that the answer is written into, and the claim that it belongs to. */
export interface StreamTarget {
  claim: Claim
  reply: Pick<Reply, 'say'>
  signal: AbortSignal
}

export interface StreamResult {
  outcome: 'answered' | 'not_found' | 'guardrail' | 'failed'
  /** Present if the outcome is `failed`. An interruption looks like a failure here. */
  failure?: Failure
  /** True if the reply shows anything that the model wrote. */
  hasText: boolean
  /** The passages that the text cites. */
  sources: NumberedPassage[]
  /** Ids of the passages that the model was shown. */
  shownIds: string[]
  measures: StreamMeasures
}

/** Fields that the report takes over unchanged. */
type StreamMeasures = Pick<
  Report,
  | 'without'
  | 'passages'
  | 'stopReason'
  | 'inputTokens'
  | 'outputTokens'
  | 'cachedTokens'
  | 'thinkingTokens'
  | 'firstTokenMs'
>

/** A visible character: not whitespace, not a zero-width format character. */
const VISIBLE = /[^\s\p{Cf}]/u

/** Streams the model's answer, sanitized, into the reply, then appends the notes. Never rejects. */
export async function streamAnswer(
  question: Question,
  material: Material,
  { claim, reply, signal }: StreamTarget,
  d: StreamDeps,
): Promise<StreamResult> {
  const { text, thread, names, without } = material
  const { passages } = material.search
  const { identity } = d.assistant
  const notes = [...material.leftOut]
  const measures: StreamMeasures = { passages: passages.length, ...(without.length > 0 && { without }) }
  const prompt = toPrompt({
    question: toPlain(text, names, question.botUserId),
    asker: names.get(question.userId) ?? 'Somebody',
    history: toHistory(thread, question, names),
    passages,
    hasKnowledge: d.search !== undefined,
    assistant: identity,
    today: new Date(d.clock.now()).toISOString().slice(0, 10),
  })
  const allowList = allowListOf({ text, userId: question.userId }, thread, passages, [
    identity.instructions,
    identity.support,
  ])
  const citations = createCitations(passages, allowList)
  let hasText = false
  let isBlocked = false
  let failure: Failure | undefined
  const show = (markdown: string): void => {
    hasText ||= VISIBLE.test(markdown)
    reply.say(markdown)
  }

  try {
    for await (const delta of d.model.converse(prompt, signal)) {
      if (delta.kind === 'text') {
        measures.firstTokenMs ??= d.clock.now() - claim.claimedAt
        show(citations.transform(delta.text))
        continue
      }
      const { kind: _, guardrail, ...stop } = delta
      Object.assign(measures, stop)
      if (guardrail) notes.push(guardrailSentence(guardrail))
      isBlocked = guardrail !== undefined
    }
  } catch (error) {
    failure = asFailure(error)
  }
  show(citations.flush())
  if (!failure && !hasText && citations.notFound()) show(NOT_FOUND)
  if (!failure && !isBlocked) {
    const ending = modelEndingOf(measures.stopReason ?? '', {
      wrote: hasText,
      thought: measures.thinkingTokens !== undefined,
    })
    if (ending.kind === 'failure') failure = new Failure(ending.failure)
    if (ending.kind === 'note') notes.push(ending.note)
  }
  if (!failure) for (const note of notes) reply.say(`\n\n_${note}_`)
  return {
    outcome: failure ? 'failed' : isBlocked ? 'guardrail' : citations.notFound() ? 'not_found' : 'answered',
    ...(failure && { failure }),
    hasText,
    sources: citations.cited(),
    shownIds: passages.map(({ id }) => id),
    measures,
  }
}
