import { expect } from 'vitest'
import { openReply } from '../../../../backend/slack/reply/reply.ts'
import {
  createUnsupportedFeatures,
  type UnsupportedFeatures,
} from '../../../../backend/slack/reply/unsupported.ts'
import { createCitations } from '../../../../backend/turn/citations.ts'
import type { Reply } from '../../../../backend/turn/replies.ts'
import { identity } from '../../../../playground/slack/identity.ts'
import type { ThreadMessage } from '../../../../playground/slack/thread-view.ts'
import { openSlackStage, type SlackStage, type SlackStageOptions } from '../slack-stage.ts'
import { LINKS } from './long-answer.ts'

/** More than Lambda's 300 s, for answers that take longer. */
const REMAINING_MS = 3_600_000

export interface ReplyStage extends SlackStage {
  reply: Reply
  /** Streams a model's text in these pieces, one each `everyMs`, and closes the reply. */
  say(deltas: readonly string[], everyMs: number): Promise<void>
  /** The messages of the reply, as people see them in the thread. */
  replies(): ThreadMessage[]
}

interface ReplyStageOptions extends SlackStageOptions {
  /** Features that Slack has refused before. By default none. */
  unsupported?: UnsupportedFeatures
  /** The time left of the invocation. */
  remainingMs?: number
  /** The asker's id. Default: a person's. */
  userId?: string
}

/** One reply by the product's own code to a question in the simulated Slack. */
export async function openReplyStage(options: ReplyStageOptions = {}): Promise<ReplyStage> {
  const stage = await openSlackStage(options)
  const { slack, client, clock } = stage
  const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'a question' })
  const { teamId, appId } = identity
  const target = {
    turnId: `${appId}:${teamId}:C00GENERAL:${ts}`,
    attempt: 1,
    channel: 'C00GENERAL',
    threadTs: ts,
    ts,
    userId: options.userId ?? 'U00ADA',
    userTeamId: teamId,
  }
  const recorded = new Set<string>()
  const reply = openReply(client, clock, target, {
    firstStep: { id: 'thread', title: 'Reading the thread' },
    endsAt: clock.now() + (options.remainingMs ?? REMAINING_MS),
    unsupported: options.unsupported ?? createUnsupportedFeatures(clock),
    interrupt: () => undefined,
    recordStream: async (stream) => void recorded.add(stream),
    adoptStream: async (stream) => !recorded.has(stream),
    holdsClaim: async () => true,
  })

  async function sayAll(deltas: readonly string[], everyMs: number): Promise<void> {
    const citations = createCitations([], { urls: LINKS, userIds: new Set(['U00ADA']) })
    for (const delta of deltas) {
      await clock.sleep(everyMs)
      reply.say(citations.transform(delta))
    }
    reply.say(citations.flush())
    expect(await reply.close({ sources: [], offer: 'thumbs' })).toBe('closed')
  }

  return {
    ...stage,
    reply,
    say: (deltas, everyMs) => stage.run(sayAll(deltas, everyMs)),
    replies: () =>
      slack.thread('C00GENERAL', ts).filter(({ user, deleted }) => user === identity.botUserId && !deleted),
  }
}
