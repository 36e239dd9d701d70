import { type Args, stringOf } from './arguments.ts'
import { isObject } from './blocks.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { Refusal, refuseFor } from './refusal.ts'
import { SESSION_STATUSES } from './sessions.ts'
import type { Channel } from './workspace.ts'

/**
 * The longest title of a session, in characters (docs.slack.dev/reference/methods/agents.sessions.setStatus).
 */
const TITLE_CHARS = 200
/** Limits of loading_messages (docs.slack.dev/reference/methods/assistant.threads.setStatus). */
const LOADING = { messages: 10, chars: 50 }
/** docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts */
const MAX_PROMPTS = 4

/** agents.sessions.*, and the assistant.threads.* methods that change the same sessions. */
export function agents(context: MethodContext): MethodHandlers {
  const { access, sessions, messages, workspace, clock } = context

  function threadOf(args: Args, code: string): { channel: Channel; threadTs: string } {
    const channel = access.joined(stringOf(args, 'channel_id'))
    const threadTs = stringOf(args, 'thread_ts')
    if (!threadTs) throw new Refusal(code)
    return { channel, threadTs }
  }

  /** Refuses an app that is not declared as an agent and therefore lacks assistant:write (KiroCrew#9822). */
  function demandAgent(code: string) {
    if (!access.holds('assistant:write')) throw new Refusal(code)
  }

  function touch(channel: Channel, threadTs: string) {
    const root = messages.find(channel.id, threadTs)
    if (root) messages.changed(root)
  }

  return {
    'agents.sessions.setStatus': (args) => {
      access.demandCustomize(args)
      const { channel, threadTs } = threadOf(args, 'thread_ts_required')
      demandAgent('not_authorized')
      const status = SESSION_STATUSES.find((known) => known === args.status)
      if (!status) throw new Refusal('invalid_status')
      const title = stringOf(args, 'title') ?? ''
      if (title.length > TITLE_CHARS)
        throw refuseFor('invalid_arguments', [
          `must be less than ${TITLE_CHARS + 1} characters [json-pointer:/title]`,
        ])
      const initiator = stringOf(args, 'initiator_user_id')
      if (initiator !== undefined && !workspace.people.has(initiator)) throw new Refusal('user_not_found')
      // Slack does not document its answer for a thread that does not exist. A deleted one may be news to us.
      if (!messages.inChannel(channel.id).some(({ ts }) => ts === threadTs))
        context.violation(`agents.sessions.setStatus: no message ${threadTs} in ${channel.id}`)
      const session = sessions.set(channel.id, threadTs, status, title)
      touch(channel, threadTs)
      return { status, agent_status: status, title: session.title }
    },

    'agents.sessions.rename': (args) => {
      const { channel, threadTs } = threadOf(args, 'thread_ts_required')
      const title = stringOf(args, 'title') ?? ''
      if (!sessions.get(channel.id, threadTs)) throw new Refusal('session_not_found')
      if (title.length === 0 || title.length > TITLE_CHARS) throw new Refusal('invalid_name')
      sessions.rename(channel.id, threadTs, title)
      return { title }
    },

    'assistant.threads.setStatus': (args) => {
      access.demandCustomize(args)
      const { channel, threadTs } = threadOf(args, 'invalid_thread_ts')
      access.root(channel, threadTs, 'invalid_thread_ts')
      const loading = Array.isArray(args.loading_messages) ? args.loading_messages : []
      const right = (message: unknown) =>
        typeof message === 'string' && message.length > 0 && message.length <= LOADING.chars
      if (loading.length > LOADING.messages || !loading.every(right))
        throw refuseFor('invalid_arguments', ['invalid loading_messages [json-pointer:/loading_messages]'])
      const words = stringOf(args, 'status') ?? ''
      sessions.say(channel.id, threadTs, words)
      sessions.set(channel.id, threadTs, words === '' ? 'active' : 'processing')
      touch(channel, threadTs)
      return {}
    },

    'assistant.threads.setTitle': (args) => {
      const { channel, threadTs } = threadOf(args, 'invalid_thread_ts')
      access.root(channel, threadTs, 'invalid_thread_ts')
      const title = stringOf(args, 'title') ?? ''
      if (!sessions.get(channel.id, threadTs)) sessions.set(channel.id, threadTs, 'active', title)
      sessions.rename(channel.id, threadTs, title)
      return {}
    },

    'assistant.threads.setSuggestedPrompts': (args) => {
      demandAgent('not_agent_app')
      const channel = access.joined(stringOf(args, 'channel_id'))
      const threadTs = stringOf(args, 'thread_ts')
      if (threadTs) access.root(channel, threadTs, 'invalid_thread_ts')
      const prompts = Array.isArray(args.prompts) ? args.prompts : []
      const right = prompts.every(
        (prompt) =>
          isObject(prompt) && typeof prompt.title === 'string' && typeof prompt.message === 'string',
      )
      if (prompts.length === 0 || prompts.length > MAX_PROMPTS || !right)
        throw refuseFor('invalid_arguments', ['invalid prompts [json-pointer:/prompts]'])
      context.views.suggest(channel.id, { prompts, title: stringOf(args, 'title') ?? '', at: clock.now() })
      return {}
    },
  }
}
