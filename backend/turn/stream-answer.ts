import type { Assistant } from '../assistant.ts'
import { asFailure, Failure, guardrailSentence } from '../failure.ts'
import { toHistory } from '../prompt/history.ts'
import type { Converse } from '../prompt/model.ts'
import { toPlain } from '../prompt/mrkdwn.ts'
import type { NumberedPassage } from '../prompt/passage.ts'
import { toPrompt } from '../prompt/prompt.ts'
import { NOT_FOUND, TOO_LONG } from '../sentences.ts'
import type { Claim } from '../turn-record.ts'
import { allowListOf } from './allow-list.ts'
import { createCitations } from './citations.ts'
import type { Gathered } from './gather.ts'
import type { Question } from './question.ts'
import type { Report } from './report.ts'

/** What streaming an answer needs; wire.ts knows who provides it. */
export interface StreamDeps {
  converse: Converse
  /** Only whether it is there. */
  search?: unknown
  assistant: Assistant
  clock: { now(): number }
}

/** Where the answer goes. */
export interface StreamTarget {
  claim: Claim
  reply: { say(markdown: string): void }
  signal: AbortSignal
}

export interface StreamResult {
  /** Means nothing if the answer broke off. */
  outcome: 'answered' | 'not_found' | 'guardrail'
  /** What broke the answer off. */
  broke?: Failure
  /** Whether the reply shows anything of the model's. */
  hasText: boolean
  /** The passages that the text cites. */
  sources: NumberedPassage[]
  /** Ids of the passages that the model was shown. */
  shownIds: string[]
  measures: StreamMeasures
}

/** What the report takes over as it is. */
type StreamMeasures = Pick<
  Report,
  'without' | 'passages' | 'stopReason' | 'inputTokens' | 'outputTokens' | 'cachedTokens' | 'firstTokenMs'
>

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
const CUT_SHORT = new Set(['max_tokens', 'model_context_window_exceeded'])

/** A visible character: not whitespace, not a zero-width format character. */
const VISIBLE = /[^\s\p{Cf}]/u

/** Streams the model's answer, sanitized, into the reply, then appends the notes. Never rejects. */
export async function streamAnswer(
  question: Question,
  gathered: Gathered,
  { claim, reply, signal }: StreamTarget,
  d: StreamDeps,
): Promise<StreamResult> {
  const { thread, names, searched, without } = gathered
  const notes = [...gathered.leftOut]
  const measures: StreamMeasures = {
    passages: searched.passages.length,
    ...(without.length > 0 && { without }),
  }

  const { identity } = d.assistant
  const prompt = toPrompt({
    question: toPlain(gathered.text, names, question.botUserId),
    asker: names.get(question.userId) ?? 'Somebody',
    history: toHistory(thread, question, names),
    passages: searched.passages,
    hasKnowledge: d.search !== undefined,
    assistant: identity,
    today: new Date(d.clock.now()).toISOString().slice(0, 10),
  })
  const asked = { text: gathered.text, userId: question.userId }
  const citations = createCitations(
    searched.passages,
    allowListOf(asked, thread, searched.passages, [identity.instructions, identity.support]),
  )
  let hasText = false
  let guarded = false
  let broke: Failure | undefined
  const show = (markdown: string): void => {
    hasText ||= VISIBLE.test(markdown)
    reply.say(markdown)
  }

  try {
    for await (const delta of d.converse(prompt, signal)) {
      if (delta.kind === 'text') {
        measures.firstTokenMs ??= d.clock.now() - claim.claimedAt
        show(citations.transform(delta.text))
        continue
      }
      const { kind: _, guardrail, ...stop } = delta
      Object.assign(measures, stop)
      if (stop.stopReason === 'content_filtered') throw new Failure('model_declined')
      if (CUT_SHORT.has(stop.stopReason)) notes.push(TOO_LONG)
      if (guardrail) notes.push(guardrailSentence(guardrail))
      guarded = guardrail !== undefined
    }
  } catch (error) {
    broke = asFailure(error)
  }
  show(citations.flush())
  if (!broke && !hasText && citations.notFound()) show(NOT_FOUND)
  // A model can end without a word, or with nothing but what may not be shown.
  if (!broke && !hasText && !guarded) broke = new Failure('model_failed')
  if (!broke) for (const note of notes) reply.say(`\n\n_${note}_`)
  return {
    outcome: guarded ? 'guardrail' : citations.notFound() ? 'not_found' : 'answered',
    hasText,
    sources: citations.cited(),
    shownIds: searched.passages.map(({ id }) => id),
    measures,
    ...(broke && { broke }),
  }
}
