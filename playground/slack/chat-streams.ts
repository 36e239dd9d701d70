import { type Args, stringOf } from './arguments.ts'
import { checkBlocks } from './blocks.ts'
import { byApp } from './chat.ts'
import { type Chunk, checkChunks } from './chunks.ts'
import { readMetadata } from './content.ts'
import { identity } from './identity.ts'
import { messageJson } from './message-json.ts'
import type { Message } from './messages.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { Refusal, refuseFor } from './refusal.ts'
import { SESSION_STATUSES } from './sessions.ts'
import { applyChunks, assertStreaming, endStream, markdownOf, type Stream } from './streams.ts'
import { fromMarkdown } from './text.ts'

/**
 * chat.startStream, appendStream and stopStream, with the limits of stream-limits.ts. `closers` gets
 * functions to call at the end.
 */
export function chatStreams(context: MethodContext, closers: Set<() => void>): MethodHandlers {
  const { clock, limits, workspace, messages, sessions, events, access } = context

  function chunksOf(args: Args): Chunk[] {
    const markdown = stringOf(args, 'markdown_text')
    const chunks = Array.isArray(args.chunks) ? args.chunks : undefined
    // Slack refuses both in one call (vercel/chat#886).
    if (markdown !== undefined && chunks)
      throw refuseFor('invalid_arguments', ['markdown_text and chunks cannot be used together'])
    if (markdown !== undefined && markdown.length > limits.markdownChars) throw new Refusal('msg_too_long')
    if (chunks) return checkChunks(chunks, limits.markdownChars)
    return markdown ? [{ type: 'markdown_text', text: markdown }] : []
  }

  function own(args: Args): { message: Message; stream: Stream } {
    const channel = access.joined(stringOf(args, 'channel'))
    const message = access.message(channel, stringOf(args, 'ts'))
    if (message.user !== identity.botUserId) throw new Refusal('message_not_owned_by_app')
    const { stream } = message
    assertStreaming(stream)
    return { message, stream }
  }

  function show(message: Message, stream: Stream) {
    message.markdown = markdownOf(stream.content)
    message.text = fromMarkdown(message.markdown)
    messages.changed(message)
  }

  function startLifetime(message: Message, stream: Stream) {
    const cancel = clock.after(limits.streamLifetimeMs, () => {
      closers.delete(cancel)
      if (stream.state === 'in_progress') expire(message, { sessions, messages })
    })
    closers.add(cancel)
  }

  return {
    'chat.startStream': (args) => {
      access.demandCustomize(args)
      const channel = access.writable(stringOf(args, 'channel'))
      const threadTs = stringOf(args, 'thread_ts') ?? ''
      // Without a thread, Slack allows this only if a whole channel is one session. "0" means the same as no
      // thread.
      access.root(channel, threadTs, 'invalid_thread_ts')
      const recipient = checkRecipient(args)
      const chunks = chunksOf(args)
      const displayMode = args.task_display_mode === 'plan' ? 'plan' : 'timeline'
      const stream: Stream = {
        state: 'in_progress',
        displayMode,
        content: applyChunks({ parts: [], tasks: [] }, chunks, limits),
      }
      const markdown = markdownOf(stream.content)
      const shown = { text: fromMarkdown(markdown), markdown, blocks: [], files: [], broadcast: false }
      const message = messages.add({ ...byApp, channel: channel.id, threadTs, stream, ...shown })
      startLifetime(message, stream)
      sessions.set(channel.id, threadTs, 'processing')
      sessions.say(channel.id, threadTs, '')
      events.posted(message)
      if (!channel.members.has(recipient))
        context.violation(`chat.startStream: ${recipient} is not in ${channel.id}`)
      return { channel: channel.id, ts: message.ts }
    },

    'chat.appendStream': (args) => {
      const { message, stream } = own(args)
      const chunks = chunksOf(args)
      if (chunks.length === 0) throw new Refusal('no_text')
      stream.content = applyChunks(stream.content, chunks, limits)
      show(message, stream)
      return { channel: message.channel, ts: message.ts }
    },

    'chat.stopStream': (args) => {
      const { message, stream } = stoppable(() => own(args))
      const chunks = chunksOf(args)
      const blocks = Array.isArray(args.blocks) ? checkBlocks(args.blocks) : []
      const metadata = readMetadata(args)
      stream.content = applyChunks(stream.content, chunks, limits)
      endStream(stream, 'app')
      message.blocks = blocks
      if (metadata) message.metadata = metadata
      show(message, stream)
      const status = SESSION_STATUSES.find((known) => known === args.session_status) ?? 'active'
      sessions.set(message.channel, message.threadTs ?? '', status)
      return {
        channel: message.channel,
        ts: message.ts,
        message: messageJson(message, { workspace, metadata: true }),
      }
    },
  }

  /**
   * Third parties found that both are required in direct messages too. The reference requires them in
   * channels only.
   */
  function checkRecipient(args: Args): string {
    const userId = stringOf(args, 'recipient_user_id')
    const teamId = stringOf(args, 'recipient_team_id')
    if (!userId) throw new Refusal('missing_recipient_user_id')
    if (!teamId) throw new Refusal('missing_recipient_team_id')
    // A bot's id is no recipient at all.
    if (!/^[UW]/.test(userId)) throw refuseFor('invalid_arguments', ['invalid value for recipient_user_id'])
    const person = workspace.people.get(userId)
    if (!person) throw new Refusal('user_not_found')
    // In Slack Connect it is the recipient's own workspace (openclaw#70295).
    if (person.teamId !== teamId) throw new Refusal('team_not_found')
    return userId
  }
}

/**
 * Slack's own end of a stream. It also sets the session's status to `active`
 * (docs.slack.dev/ai/developing-agents).
 */
export function expire(
  message: Message,
  { sessions, messages }: Pick<MethodContext, 'sessions' | 'messages'>,
) {
  if (!message.stream || !message.threadTs)
    throw new Error(`The message ${message.ts} is not a stream in a thread.`)
  endStream(message.stream, 'time')
  sessions.set(message.channel, message.threadTs, 'active')
  messages.changed(message)
}

/**
 * The table of chat.stopStream has no `stopped_by_user`, and Slack does not document its answer to a stop
 * after the Stop button. We refuse, which is the stricter reading: the app must use agents.sessions.setStatus
 * to end the session.
 */
function stoppable<T>(find: () => T): T {
  try {
    return find()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'stopped_by_user')
      throw new Refusal('message_not_in_streaming_state')
    throw error
  }
}
