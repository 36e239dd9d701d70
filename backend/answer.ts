import type { Assistant } from './assistant.ts'
import { createCitations } from './citations.ts'
import { asFailure, guardrailSentence, sentence } from './failure.ts'
import type { Turn } from './handoff.ts'
import { type ThreadMessage, toHistory } from './history.ts'
import { mentionedUserIds, toPlain } from './mrkdwn.ts'
import { distinct, interleave, type NumberedPassage, numbered, type Passage } from './passage.ts'
import { type Prompt, toPrompt } from './prompt.ts'
import { toQuery } from './query.ts'
import { addressesIn } from './safe-markdown.ts'

/** What answering needs; wire.ts knows who provides it. */
export interface AnswerDeps {
  turns: {
    claim(turn: Turn, owner: { requestId: string; leaseMs: number }): Promise<Claim | undefined>
    opened(claim: Claim, replyTs: string): Promise<void>
    finish(claim: Claim, state: 'answered' | 'failed'): Promise<void>
  }
  openReply(turn: Turn, firstStep: { id: string; title: string }): Reply
  readThread(turn: Turn): Promise<ThreadMessage[]>
  readPeople(thread: readonly ThreadMessage[]): Promise<ReadonlyMap<string, string>>
  /** Absent where there is no knowledge base. */
  search?: {
    retrieve(query: string): Promise<{ passages: Passage[]; unsearched: string[] }>
    rerank?(query: string, passages: readonly Passage[]): Promise<Passage[]>
  }
  converse(prompt: Prompt, deadline: AbortSignal): AsyncIterable<Delta>
  assistant: Assistant
  clock: { now(): number }
}

interface Claim {
  turnId: string
  token: string
}

interface Reply {
  readonly opened: Promise<string | undefined>
  step(id: string, title: string): void
  write(markdown: string): void
  close(sources: readonly NumberedPassage[]): Promise<void>
}

type Delta =
  | { kind: 'text'; text: string }
  | {
      kind: 'end'
      stopReason: string
      inputTokens: number
      outputTokens: number
      guardrail?: { on: 'question' | 'answer'; rules: readonly string[] }
    }

/** The invocation that answers. `reference` is what the person is given, to find its log line. */
export interface Invocation {
  requestId: string
  reference: string
  remainingMs: number
  deadline: AbortSignal
}

/** How a turn went; ids, counts and times only. */
export interface Report {
  outcome: 'answered' | 'not_found' | 'guardrail' | 'failed' | 'duplicate'
  failure?: string
  cause?: string
  passages?: number
  cited?: number
  stopReason?: string
  inputTokens?: number
  outputTokens?: number
  firstTokenMs?: number
}

/** Answers one turn: the order of the work, from the claim to the last write. Throws only before the claim is won. */
export async function answer(turn: Turn, invocation: Invocation, d: AnswerDeps): Promise<Report> {
  const claim = await d.turns.claim(turn, { requestId: invocation.requestId, leaseMs: invocation.remainingMs })
  if (!claim) return { outcome: 'duplicate' }
  const begunAt = d.clock.now()

  const reply = d.openReply(turn, { id: 'thread', title: 'Reading the thread' })
  // Only an apology needs it, should this process be killed.
  const noted = reply.opened.then((ts) => (ts === undefined ? undefined : d.turns.opened(claim, ts))).catch(() => undefined)
  const report: Report = { outcome: 'answered' }
  let sources: NumberedPassage[] = []
  try {
    const leftOut: string[] = []
    const threadRead = d.readThread(turn).catch((): ThreadMessage[] => {
      leftOut.push('I could not read the thread, so this rests on your question alone.')
      return []
    })
    // The first message of a thread stands alone, so the search need not wait for the thread.
    const query = turn.ts === turn.threadTs ? toQuery(turn, []) : threadRead.then((thread) => toQuery(turn, thread))
    const searched = Promise.resolve(query).then((text) => search(text, reply, leftOut, d))
    const thread = await threadRead
    reply.step('thread', thread.length > 1 ? `Read the thread: ${thread.length} messages` : 'Read the question')
    const [names, passages] = await Promise.all([d.readPeople(thread), searched])
    report.passages = passages.length

    const prompt = toPrompt({
      question: toPlain(turn.text, names, turn.botUserId),
      asker: names.get(turn.userId) ?? 'Somebody',
      history: toHistory(thread, turn, names),
      passages,
      hasKnowledge: d.search !== undefined,
      assistant: d.assistant.identity,
      today: new Date(d.clock.now()).toISOString().slice(0, 10),
    })

    const citations = createCitations(passages, allowedIn(turn, thread, passages, d.assistant))
    try {
      for await (const delta of d.converse(prompt, invocation.deadline)) {
        if (delta.kind === 'text') {
          report.firstTokenMs ??= d.clock.now() - begunAt
          reply.write(citations.push(delta.text))
        } else {
          report.stopReason = delta.stopReason
          report.inputTokens = delta.inputTokens
          report.outputTokens = delta.outputTokens
          if (delta.guardrail) {
            report.outcome = 'guardrail'
            leftOut.push(guardrailSentence(delta.guardrail))
          }
        }
      }
    } finally {
      reply.write(citations.end())
      sources = citations.cited()
    }
    if (report.outcome === 'answered' && citations.notFound()) report.outcome = 'not_found'
    if (report.stopReason === 'max_tokens') leftOut.push('The answer was getting too long, so it ends here.')
    for (const note of leftOut) reply.write(`\n\n_${note}_`)
  } catch (error) {
    const failure = asFailure(error)
    report.outcome = 'failed'
    report.failure = failure.kind
    if (failure.cause instanceof Error) report.cause = failure.cause.name
    const said = sentence(failure, { support: d.assistant.identity.support, reference: invocation.reference })
    reply.write(report.firstTokenMs === undefined ? said : `\n\n_${said}_`)
  }
  report.cited = sources.length
  await reply.close(sources)
  await noted
  await d.turns.finish(claim, report.outcome === 'failed' ? 'failed' : 'answered')
  return report
}

/** Retrieve from all bases, then rerank. Fewer passages, or none, is still an answer. */
async function search(query: string, reply: Reply, leftOut: string[], d: AnswerDeps): Promise<NumberedPassage[]> {
  if (!d.search || query === '') return []
  const { retrieve, rerank } = d.search
  const found = await retrieve(query)
  if (found.unsearched.length > 0) leftOut.push(`I could not search ${found.unsearched.join(' and ')} just now.`)
  const passages = distinct(found.passages)
  const best = rerank ? await rerank(query, passages).catch(() => interleave(passages)) : interleave(passages)
  const shown = numbered(best, d.assistant.knowledge.passagesShown)
  const searchedIn = [...new Set(found.passages.map(({ base }) => base))].join(', ')
  reply.step('search', `Searched ${searchedIn || 'the knowledge base'}: ${passages.length} passages, ${shown.length} kept`)
  return shown
}

/** What the model may link to and whom it may name: only what the turn brought along. */
function allowedIn(turn: Turn, thread: readonly ThreadMessage[], passages: readonly Passage[], assistant: Assistant) {
  const words = [turn.text, ...thread.map(({ mrkdwn }) => mrkdwn)]
  const texts = [
    ...words,
    ...passages.flatMap(({ text, url }) => [text, url ?? '']),
    assistant.identity.instructions,
    assistant.identity.support,
  ]
  return {
    urls: new Set(texts.flatMap(addressesIn)),
    userIds: new Set([turn.userId, ...thread.map(({ userId }) => userId), ...words.flatMap(mentionedUserIds)]),
  }
}
