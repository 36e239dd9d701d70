import type { AnyChunk } from '@slack/types'
import { areStepsRefused, isNotStreaming, isTooLong } from '../api/error-codes.ts'
import { toMetadata } from '../api/metadata.ts'
import { findStream } from '../api/own-messages.ts'
import { patiently } from '../api/retry.ts'
import { endingBlocks } from './blocks.ts'
import { createContent, type Step } from './content.ts'
import { type Added, type Desk, type Message, stateAfter } from './message.ts'
import { setMessage } from './set-message.ts'

/** How often a stop without an answer is repeated, before the message is set as if it had been carried out. */
const STOPS = 3

/** Slack's lock on a streaming message is released when it has ended. */
const CONFLICT_WAIT_MS = 1_000

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
  for (let start = 1; ; start++) {
    const begunAt = clock.now()
    const attempt = await slack.make((client) =>
      client.chat.startStream({
        channel: to.channel,
        thread_ts: to.threadTs,
        recipient_user_id: to.userId,
        recipient_team_id: to.userTeamId,
        chunks: toChunks(text, steps),
      }),
    )
    if (attempt.is === 'wait') return { is: 'wait' }
    if (attempt.is === 'refused') return { is: 'refused', code: attempt.code }
    try {
      const ts = attempt.is === 'done' ? attempt.value : await findStream(desk, to, since)
      if (ts !== undefined)
        return { is: 'started', message: createStreamed(desk, { ts, part, text, steps, since: begunAt }) }
    } catch {
      // A second start might leave two; this one, if it is there, Slack ends in five minutes.
      return { is: 'refused', code: 'unknown' }
    }
    if (start === 2) return { is: 'refused', code: 'unknown' }
  }
}

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
        patiently({ clock, until, tries: STOPS }, async () => {
          const stopped = await slack.write((client) => client.chat.stopStream({ channel, ts, ...more }))
          if (stopped.is === 'unknown') whole = false
          return stopped
        })
      for (;;) {
        let stopped = await stop(under)
        if (stopped.is === 'wait') return { is: 'open', session: false }
        if (stopped.is !== 'done') whole &&= ending === undefined
        // It takes no more blocks; or, in Slack Connect, it refuses and the text stays.
        if (stopped.is === 'refused' && !isNotStreaming(stopped.code)) stopped = await stop({})
        const session = stopped.is === 'done'
        if (whole) return { is: 'done', session }
        const set = await patiently({ clock, until }, () =>
          setMessage(desk, ts, content, { part, state, ending }),
        )
        if (set.is === 'done') {
          doubtful.length = 0
          return { is: 'done', session }
        }
        if (set.is !== 'refused') return { is: 'no', session }
        // Slack has it open still, whatever it said.
        if (set.code !== 'streaming_state_conflict') return { is: 'refused', session }
        if (clock.now() + CONFLICT_WAIT_MS >= until) return { is: 'open', session }
        await clock.sleep(CONFLICT_WAIT_MS)
      }
    },
  }
}

function toChunks(text: string, steps: readonly Step[]): AnyChunk[] {
  return [
    ...steps.map((step) => ({ type: 'task_update' as const, ...step })),
    ...(text === '' ? [] : [{ type: 'markdown_text' as const, text }]),
  ]
}
