import type { AnyChunk } from '@slack/types'
import { retry } from '../../retry.ts'
import { areStepsRefused, isNotStreaming, isTooLong } from '../api/error-codes.ts'
import { toMetadata } from '../api/metadata.ts'
import { findStream } from '../api/own-messages.ts'
import { createOnce, retryWrite } from '../api/retry.ts'
import { footerBlocks } from './blocks.ts'
import { createContent, type Step } from './content.ts'
import { type AddResult, type CloseResult, closedState, type Message, type ReplyContext } from './message.ts'
import { setMessage } from './set-message.ts'

/** How often a stop without an answer is repeated, before the message is set as if it had been carried out. */
const STOPS = 3

/** Tries of a start while Slack does not say whether it did. After them the reply is posted. */
const STARTS = 2

export type StartResult =
  | { outcome: 'started'; message: Message }
  | { outcome: 'wait' }
  | { outcome: 'refused'; code: string }

/**
 * Opens a stream in the thread. Where the answer to that is lost, looks whether the stream is there, and opens it once
 * more if not. https://docs.slack.dev/reference/methods/chat.startStream
 */
export async function startStream(
  desk: ReplyContext,
  part: number,
  text: string,
  steps: readonly Step[],
): Promise<StartResult> {
  const { slack, clock, to } = desk
  const since = clock.now()
  let startedAt = since
  const start = () => {
    startedAt = clock.now()
    return slack.createMessage((client) =>
      client.chat.startStream({
        channel: to.channel,
        thread_ts: to.threadTs,
        recipient_user_id: to.userId,
        recipient_team_id: to.userTeamId,
        chunks: toChunks(text, steps),
      }),
    )
  }
  const started = await createOnce({ clock, until: desk.until, tries: STARTS }, start, () =>
    findStream(desk, to, since),
  ).catch((error: unknown) => ({ outcome: 'unknown', error }) as const)
  switch (started.outcome) {
    case 'done':
      return {
        outcome: 'started',
        message: createStreamedMessage(desk, { ts: started.value, part, text, steps, since: startedAt }),
      }
    case 'wait':
      return { outcome: 'wait' }
    case 'refused':
      return { outcome: 'refused', code: started.code }
    case 'unknown':
      // Don't retry: that could leave two streams. If this one exists, Slack ends it in five minutes.
      return { outcome: 'refused', code: 'unknown' }
  }
}

/** `locked`: Slack still has the stream open, and refuses an update until it has ended. */
type CloseAttempt = Omit<CloseResult, 'outcome'> & { outcome: CloseResult['outcome'] | 'locked' }

interface StreamStart {
  ts: string
  part: number
  text: string
  steps: readonly Step[]
  since: number
}

function createStreamedMessage(desk: ReplyContext, { ts, part, text, steps, since }: StreamStart): Message {
  const { slack, clock, to, unsupported } = desk
  const { channel } = to
  const content = createContent()
  content.add(text, steps)
  /** Appends whose answer was lost. The whole is set once the stream has ended. */
  const doubtful: string[] = []
  void desk.recordStream(ts)

  async function add(more: string, done: readonly Step[]): Promise<AddResult> {
    const attempt = await slack.mutate((client) =>
      client.chat.appendStream({ channel, ts, chunks: toChunks(more, done) }),
    )
    switch (attempt.outcome) {
      case 'wait':
        return attempt
      case 'done':
      case 'unknown':
        if (attempt.outcome === 'unknown') doubtful.push(more)
        content.add(more, done)
        return { outcome: 'taken' }
      case 'refused':
        if (attempt.code === 'stopped_by_user') return { outcome: 'stopped' }
        if (isTooLong(attempt.code)) return { outcome: 'full' }
        if (done.length === 0 || !areStepsRefused(attempt.code)) return { outcome: 'lost' }
        unsupported.add('steps')
        return more === '' ? { outcome: 'taken' } : add(more, [])
    }
  }

  return {
    ts,
    content,
    since,
    add,
    unsure: () => doubtful.join(''),
    async end(ending, until) {
      const state = closedState(ending)
      const under = {
        metadata: toMetadata({ turnId: to.turnId, attempt: to.attempt, part, state }),
        ...(ending && { blocks: footerBlocks(ending, to) }),
      }
      let whole = doubtful.length === 0
      const stop = (more: Partial<typeof under>) =>
        retryWrite({ clock, until, tries: STOPS }, async () => {
          const stopped = await slack.mutate((client) => client.chat.stopStream({ channel, ts, ...more }))
          if (stopped.outcome === 'unknown') whole = false
          return stopped
        })
      const endOnce = async (): Promise<CloseAttempt> => {
        let stopped = await stop(under)
        if (stopped.outcome === 'wait') return { outcome: 'open', session: false }
        if (stopped.outcome !== 'done') whole &&= ending === undefined
        // It takes no more blocks; or, in Slack Connect, it refuses and the text stays.
        if (stopped.outcome === 'refused' && !isNotStreaming(stopped.code)) stopped = await stop({})
        const session = stopped.outcome === 'done'
        if (whole) return { outcome: 'done', session }
        const set = await retryWrite({ clock, until }, () =>
          setMessage(desk, ts, content, { part, state, ending }),
        )
        if (set.outcome === 'done') {
          doubtful.length = 0
          return { outcome: 'done', session }
        }
        if (set.outcome !== 'refused') return { outcome: 'no', session }
        // Slack has it open still, whatever it said.
        return { outcome: set.code === 'streaming_state_conflict' ? 'locked' : 'refused', session }
      }
      const ended = await retry(
        {
          clock,
          until,
          afterValue: ({ outcome }: CloseAttempt) => (outcome === 'locked' ? 'back off' : 'stop'),
        },
        endOnce,
      )
      return { ...ended, outcome: ended.outcome === 'locked' ? 'open' : ended.outcome }
    },
  }
}

function toChunks(text: string, steps: readonly Step[]): AnyChunk[] {
  return [
    ...steps.map((step) => ({ type: 'task_update' as const, ...step })),
    ...(text === '' ? [] : [{ type: 'markdown_text' as const, text }]),
  ]
}
