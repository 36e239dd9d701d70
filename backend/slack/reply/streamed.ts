import type { AnyChunk } from '@slack/types'
import { retry } from '../../retry.ts'
import { areStepsRefused, isNotStreaming, isTooLong } from '../api/error-codes.ts'
import { toMetadata } from '../api/metadata.ts'
import { findStream } from '../api/own-messages.ts'
import { createOnce, retryWrite } from '../api/retry.ts'
import { endingBlocks } from './blocks.ts'
import { createContent, type Step } from './content.ts'
import { type Added, type Desk, type Ended, type Message, stateAfter } from './message.ts'
import { setMessage } from './set-message.ts'

/** How often a stop without an answer is repeated, before the message is set as if it had been carried out. */
const STOPS = 3

/** Tries of a start while Slack does not say whether it did. After them the reply is posted. */
const STARTS = 2

export type Started = { is: 'started'; message: Message } | { is: 'wait' } | { is: 'refused'; code: string }

/**
 * Opens a stream in the thread. Where the answer to that is lost, looks whether the stream is there, and opens it once
 * more if not. https://docs.slack.dev/reference/methods/chat.startStream
 */
export async function startStreamed(
  desk: Desk,
  part: number,
  text: string,
  steps: readonly Step[],
): Promise<Started> {
  const { slack, clock, to } = desk
  const since = clock.now()
  let startedAt = since
  const start = () => {
    startedAt = clock.now()
    return slack.make((client) =>
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
  ).catch((error: unknown) => ({ is: 'unknown', error }) as const)
  switch (started.is) {
    case 'done':
      return {
        is: 'started',
        message: createStreamed(desk, { ts: started.value, part, text, steps, since: startedAt }),
      }
    case 'wait':
      return { is: 'wait' }
    case 'refused':
      return { is: 'refused', code: started.code }
    case 'unknown':
      // Don't retry: that could leave two streams. If this one exists, Slack ends it in five minutes.
      return { is: 'refused', code: 'unknown' }
  }
}

/** `locked`: Slack still has the stream open, and refuses an update until it has ended. */
type EndedOnce = Omit<Ended, 'is'> & { is: Ended['is'] | 'locked' }

interface Begun {
  ts: string
  part: number
  text: string
  steps: readonly Step[]
  since: number
}

function createStreamed(desk: Desk, { ts, part, text, steps, since }: Begun): Message {
  const { slack, clock, to, refusals } = desk
  const { channel } = to
  const content = createContent()
  content.add(text, steps)
  /** Appends whose answer was lost. The whole is set once the stream has ended. */
  const doubtful: string[] = []
  void desk.opened(ts)

  async function add(more: string, done: readonly Step[]): Promise<Added> {
    const attempt = await slack.write((client) =>
      client.chat.appendStream({ channel, ts, chunks: toChunks(more, done) }),
    )
    switch (attempt.is) {
      case 'wait':
        return attempt
      case 'done':
      case 'unknown':
        if (attempt.is === 'unknown') doubtful.push(more)
        content.add(more, done)
        return { is: 'taken' }
      case 'refused':
        if (attempt.code === 'stopped_by_user') return { is: 'stopped' }
        if (isTooLong(attempt.code)) return { is: 'full' }
        if (done.length === 0 || !areStepsRefused(attempt.code)) return { is: 'lost' }
        refusals.note('steps')
        return more === '' ? { is: 'taken' } : add(more, [])
    }
  }

  return {
    ts,
    content,
    since,
    add,
    unsure: () => doubtful.join(''),
    async end(ending, until) {
      const state = stateAfter(ending)
      const under = {
        metadata: toMetadata({ turnId: to.turnId, attempt: to.attempt, part, state }),
        ...(ending && { blocks: endingBlocks(ending, to) }),
      }
      let whole = doubtful.length === 0
      const stop = (more: Partial<typeof under>) =>
        retryWrite({ clock, until, tries: STOPS }, async () => {
          const stopped = await slack.write((client) => client.chat.stopStream({ channel, ts, ...more }))
          if (stopped.is === 'unknown') whole = false
          return stopped
        })
      const endOnce = async (): Promise<EndedOnce> => {
        let stopped = await stop(under)
        if (stopped.is === 'wait') return { is: 'open', session: false }
        if (stopped.is !== 'done') whole &&= ending === undefined
        // It takes no more blocks; or, in Slack Connect, it refuses and the text stays.
        if (stopped.is === 'refused' && !isNotStreaming(stopped.code)) stopped = await stop({})
        const session = stopped.is === 'done'
        if (whole) return { is: 'done', session }
        const set = await retryWrite({ clock, until }, () =>
          setMessage(desk, ts, content, { part, state, ending }),
        )
        if (set.is === 'done') {
          doubtful.length = 0
          return { is: 'done', session }
        }
        if (set.is !== 'refused') return { is: 'no', session }
        // Slack has it open still, whatever it said.
        return { is: set.code === 'streaming_state_conflict' ? 'locked' : 'refused', session }
      }
      const ended = await retry(
        { clock, until, afterValue: ({ is }: EndedOnce) => (is === 'locked' ? 'back off' : 'stop') },
        endOnce,
      )
      return { ...ended, is: ended.is === 'locked' ? 'open' : ended.is }
    },
  }
}

function toChunks(text: string, steps: readonly Step[]): AnyChunk[] {
  return [
    ...steps.map((step) => ({ type: 'task_update' as const, ...step })),
    ...(text === '' ? [] : [{ type: 'markdown_text' as const, text }]),
  ]
}
