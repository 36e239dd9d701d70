import type { Assistant } from '../assistant.ts'
import { Failure, guardrailSentence } from '../failure.ts'
import { toHistory } from '../prompt/history.ts'
import { toPlain } from '../prompt/mrkdwn.ts'
import type { NumberedPassage } from '../prompt/passage.ts'
import { type Prompt, toPrompt } from '../prompt/prompt.ts'
import { NOT_FOUND, TOO_LONG } from '../sentences.ts'
import type { Claim } from '../turn-record.ts'
import { allowListOf } from './allow-list.ts'
import { createCitations } from './citations.ts'
import type { Gathered } from './gather.ts'
import type { Question } from './question.ts'
import type { Report } from './report.ts'

/** What relaying needs; wire.ts knows who provides it. */
export interface RelayDeps {
  converse(prompt: Prompt, signal: AbortSignal): AsyncIterable<Delta>
  /** Only whether it is there. */
  search?: unknown
  assistant: Assistant
  clock: { now(): number }
}

type Delta =
  | { kind: 'text'; text: string }
  | {
      kind: 'end'
      stopReason: string
      inputTokens: number
      outputTokens: number
      cachedTokens: number
      guardrail?: { on: 'question' | 'answer'; rules: readonly string[] }
    }

/** What has been said so far; filled also where the answer breaks off. */
export interface Said {
  /** Whether the model has said something that could be shown. */
  anything: boolean
  /** The passages that it cites. */
  sources: NumberedPassage[]
  /** Ids of those that it was shown. */
  shownIds: string[]
}

export interface Course {
  claim: Claim
  reply: { write(markdown: string): void }
  report: Report
  said: Said
  signal: AbortSignal
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
const CUT_SHORT = new Set(['max_tokens', 'model_context_window_exceeded'])

/** Neither white space nor a character that takes no room. */
const VISIBLE = /[^\s\p{Cf}]/u

/** Asks the model and shows its words as they come, checked, and after them what there is to say about them. Throws a Failure. */
export async function relay(
  question: Question,
  gathered: Gathered,
  { claim, reply, report, said, signal }: Course,
  d: RelayDeps,
): Promise<void> {
  const { thread, names, searched, leftOut, without } = gathered
  if (without.length > 0) report.without = without
  report.passages = searched.passages.length
  said.shownIds = searched.passages.map(({ id }) => id)

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
  const show = (markdown: string): void => {
    said.anything ||= VISIBLE.test(markdown)
    reply.write(markdown)
  }
  try {
    for await (const delta of d.converse(prompt, signal)) {
      if (delta.kind === 'text') {
        report.firstTokenMs ??= d.clock.now() - claim.claimedAt
        show(citations.transform(delta.text))
        continue
      }
      const { kind: _, guardrail, ...ending } = delta
      Object.assign(report, ending)
      if (ending.stopReason === 'content_filtered') throw new Failure('model_declined')
      if (CUT_SHORT.has(ending.stopReason)) leftOut.push(TOO_LONG)
      if (guardrail) leftOut.push(guardrailSentence(guardrail))
      if (guardrail) report.outcome = 'guardrail'
    }
  } finally {
    show(citations.flush())
    said.sources = citations.cited()
  }
  if (!said.anything && citations.notFound()) show(NOT_FOUND)
  // A model can end without a word, or with nothing but what may not be shown.
  if (!said.anything && report.outcome === 'answered') throw new Failure('model_failed')
  if (report.outcome === 'answered' && citations.notFound()) report.outcome = 'not_found'
  for (const note of leftOut) reply.write(`\n\n_${note}_`)
}
