import type { AnyChunk } from '@slack/types'
import type { Clock } from '../clock.ts'
import { AskedToWait, createPacer } from '../pacer.ts'
import type { NumberedPassage } from '../passage.ts'
import { markdownBlock, sourceBlocks } from './blocks.ts'
import { pieces } from './pieces.ts'
import { isNotStreaming, type Slack } from './web-api.ts'

/** chat.appendStream is Tier 4, 100 a minute for the whole workspace. */
export const APPEND_GAP_MS = 600

/** Below chat.postMessage's 12,000 for Markdown, with room for the list of sources. */
const POST_LIMIT_CHARS = 9_000

/** How often a call that must not be lost is repeated after "wait": stopStream is Tier 2, 20 a minute for all turns. */
const WAIT_LIMIT = 3

/** Our message in the thread: it is streamed where Slack lets us, else posted whole at its end. */
export interface Reply {
  /** The message's ts, once it is there; undefined where there is no stream. Never rejects. */
  readonly opened: Promise<string | undefined>
  /** A stage of the work, done. It is shown with the next text. */
  step(id: string, title: string): void
  write(markdown: string): void
  /** Sends what is left and ends the message. Throws where nobody would see the answer. */
  close(sources: readonly NumberedPassage[]): Promise<void>
}

/** Where a reply goes, and for whom it is; Slack wants both in every stream. */
export interface Addressee {
  channel: string
  threadTs: string
  userId: string
  userTeamId: string
}

/** Opens the reply at once, without waiting for it. `firstStep` is what the person sees first. */
export function openReply(slack: Slack, clock: Clock, to: Addressee, firstStep: { id: string; title: string }): Reply {
  const { channel, threadTs } = to
  const steps: AnyChunk[] = []
  let refused: unknown

  const opened = slack
    .write((client) =>
      client.chat.startStream({
        channel,
        thread_ts: threadTs,
        recipient_user_id: to.userId,
        recipient_team_id: to.userTeamId,
        chunks: [{ type: 'task_update', ...firstStep, status: 'in_progress' }],
      }),
    )
    .then(
      (response) => response.ts,
      (error: unknown) => {
        refused = error
        return undefined
      },
    )

  const pacer = createPacer({
    clock,
    gapMs: APPEND_GAP_MS,
    async send(text) {
      const ts = await opened
      if (ts === undefined) throw refused
      const chunks: AnyChunk[] = [...steps.splice(0), { type: 'markdown_text', text }]
      try {
        await slack.write((client) => client.chat.appendStream({ channel, ts, chunks }))
      } catch (error) {
        steps.unshift(...chunks.slice(0, -1))
        throw error
      }
    },
  })

  /** What the stream would not take goes into messages of its own. */
  async function post(text: string, sources: readonly NumberedPassage[]): Promise<void> {
    const parts = pieces(text, POST_LIMIT_CHARS)
    for (const [index, part] of parts.entries()) {
      const blocks = [markdownBlock(part), ...(index === parts.length - 1 ? sourceBlocks(sources) : [])]
      await patiently(() =>
        slack.write((client) =>
          client.chat.postMessage({ channel, thread_ts: threadTs, text: part, blocks, unfurl_links: false, unfurl_media: false }),
        ),
      )
    }
  }

  /** A stop whose answer was lost has stopped the stream all the same, and then the second says that nothing is streaming. */
  async function stop(ts: string, blocks: ReturnType<typeof sourceBlocks>): Promise<void> {
    const attempt = () => patiently(() => slack.write((client) => client.chat.stopStream({ channel, ts, blocks })))
    await attempt()
      .catch((error: unknown) => (isNotStreaming(error) ? undefined : attempt()))
      .catch((error: unknown) => {
        if (!isNotStreaming(error)) throw error
      })
  }

  async function patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let waited = 0; ; waited++) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof AskedToWait) || waited === WAIT_LIMIT) throw error
        await clock.sleep(error.waitMs)
      }
    }
  }

  return {
    opened,
    step: (id, title) => void steps.push({ type: 'task_update', id, title, status: 'complete' }),
    write: (markdown) => pacer.push(markdown),
    async close(sources) {
      const ts = await opened
      const everythingShown = await pacer.flush().then(
        () => true,
        () => false,
      )
      if (!everythingShown) await post(pacer.unsent(), sources)
      if (ts === undefined) return
      await stop(ts, everythingShown ? sourceBlocks(sources) : [])
    },
  }
}
