import type { Footer } from '../../turn/replies.ts'
import { isTooLong } from '../api/error-codes.ts'
import type { TurnMark } from '../api/metadata.ts'
import { ownReplies } from '../api/own-messages.ts'
import { createOnce, retryWrite } from '../api/retry.ts'
import type { WriteResult } from '../api/write-result.ts'
import { type Content, createContent } from './content.ts'
import { type AddResult, type CloseResult, closedState, type Message, type ReplyContext } from './message.ts'
import { setMessage, wholeMessage, withStepsOrWithout } from './set-message.ts'

/** A stream that is still open for Slack refuses updates until it has closed it. */
const CONFLICT_WAIT_MS = 1_000
const CONFLICTS = 5

/** Tries of a post while Slack does not say whether it did: half a minute of pauses. */
const POSTS = 8

interface PostedOptions {
  part: number
  /** The message that was a stream and goes on by updates. */
  from?: { ts: string; content: Content; unsure: string } | undefined
  /** Sends nothing before its end. */
  held?: boolean
}

/**
 * A message that is posted, and then updated with its whole text each time, steps before and what stands under it in
 * the end. Where the answer to the post is lost, it is looked for by its metadata and posted again if it is not there.
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function createPostedMessage(
  desk: ReplyContext,
  { part, from, held = false }: PostedOptions,
): Message {
  const { slack, clock, to } = desk
  const content = from?.content ?? createContent()
  let ts = from?.ts
  /** What was sent without an answer since the last whole. */
  let doubtful = from?.unsure ?? ''
  let conflicts = 0
  /** What it was ended with, if it was. */
  let ended: { ending?: Footer } | undefined

  async function post(
    state: TurnMark['state'],
    whole: Content,
    ending: Footer | undefined,
  ): Promise<WriteResult<string>> {
    const posted = await createOnce(
      { clock, until: desk.until, tries: POSTS },
      () =>
        withStepsOrWithout(desk, whole, (shown) =>
          slack.createMessage((client) =>
            client.chat.postMessage({
              thread_ts: to.threadTs,
              ...wholeMessage(desk, shown, { part, state, ending }),
              unfurl_links: false,
              unfurl_media: false,
            }),
          ),
        ),
      findPosted,
    )
    if (posted.outcome === 'done') ts = posted.value
    return posted
  }

  async function findPosted(): Promise<string | undefined> {
    const replies = await ownReplies(desk, to)
    return replies.find(
      ({ mark }) => mark?.turnId === to.turnId && mark.attempt === to.attempt && mark.part === part,
    )?.ts
  }

  return {
    get ts() {
      return ts
    },
    content,
    since: undefined,
    unsure: () => doubtful,
    async add(text, steps, final): Promise<AddResult> {
      if (held) {
        content.add(text, steps)
        doubtful += text
        return { outcome: 'taken' }
      }
      const posted = ts
      const grown = createContent()
      grown.add(content.text + text, [...content.steps, ...steps])
      const state = final ? closedState(final.ending) : 'open'
      const ending = final?.ending
      const attempt =
        posted === undefined
          ? await post(state, grown, ending)
          : await setMessage(desk, posted, grown, { part, state, ending })
      switch (attempt.outcome) {
        case 'wait':
          return attempt
        case 'refused':
          if (isTooLong(attempt.code)) return { outcome: 'full' }
          if (posted === undefined) throw attempt.error
          if (attempt.code === 'streaming_state_conflict' && conflicts++ < CONFLICTS)
            return { outcome: 'wait', waitMs: CONFLICT_WAIT_MS }
          return { outcome: 'lost' }
        case 'unknown':
          if (posted === undefined) throw attempt.error
          // Made good by the next, which sets the whole.
          doubtful += text
          break
        case 'done':
          doubtful = ''
          ended = final
      }
      content.add(text, steps)
      return { outcome: 'taken' }
    },
    async end(ending, until): Promise<CloseResult> {
      if (ts === undefined || (ended && (ending === undefined || ended.ending)))
        return { outcome: 'done', session: false }
      const set = ts
      const attempt = await retryWrite({ clock, until }, () =>
        setMessage(desk, set, content, { part, state: closedState(ending), ending }),
      )
      if (attempt.outcome === 'done') doubtful = ''
      return {
        outcome: attempt.outcome === 'done' ? 'done' : attempt.outcome === 'refused' ? 'refused' : 'no',
        session: false,
      }
    },
  }
}
