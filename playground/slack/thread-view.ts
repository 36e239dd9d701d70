import type { Block } from './blocks.ts'
import { fileJson } from './files.ts'
import type { JsonObject } from './json-object.ts'
import type { Message } from './messages.ts'
import { blocksOf, type StreamPart, type Task } from './streams.ts'
import type { Workspace } from './workspace.ts'

/** A message as people see it now. */
export interface ThreadMessage {
  channel: string
  ts: string
  threadTs?: string
  user: string
  /** The author's name. */
  name: string
  botId?: string
  /** Slack's mrkdwn. If there is `markdown`, this is only the fallback for notifications. */
  text: string
  /** The Markdown that is shown: streamed, sent as `markdown_text`, or in markdown blocks. */
  markdown?: string
  /** Text, steps and blocks of a streamed message, in the order in which they are shown. */
  parts: readonly StreamPart[]
  /** The steps of a streamed message. */
  tasks: readonly Task[]
  plan?: string
  blocks: readonly Block[]
  files: readonly JsonObject[]
  /** Emoji name → ids of the people who chose it. */
  reactions: Readonly<Record<string, readonly string[]>>
  metadata?: Record<string, unknown>
  streaming?: 'in_progress' | 'completed' | 'errored'
  streamEndedBy?: 'app' | 'person' | 'time'
  edited: boolean
  deleted: boolean
  broadcast: boolean
  ephemeralTo?: string
}

export function viewMessage(message: Message, workspace: Workspace): ThreadMessage {
  const {
    channel,
    ts,
    threadTs,
    user,
    bot,
    text,
    blocks,
    files,
    reactions,
    metadata,
    stream,
    edited,
    deleted,
    broadcast,
    ephemeralTo,
  } = message
  const inBlocks = blocks.filter(({ type }) => type === 'markdown').map((block) => String(block.text))
  const markdown = message.markdown ?? (inBlocks.length > 0 ? inBlocks.join('\n\n') : undefined)
  const content = stream && structuredClone(stream.content)
  return {
    channel,
    ts,
    user,
    name: workspace.people.get(user)?.realName ?? user,
    text,
    parts: content?.parts ?? [],
    tasks: content?.tasks ?? [],
    blocks: [...(content ? blocksOf(content) : []), ...blocks],
    files: files.map(fileJson),
    reactions: Object.fromEntries(reactions),
    edited: edited !== undefined,
    deleted,
    broadcast,
    ...(threadTs && { threadTs }),
    ...(bot && { botId: bot.botId }),
    ...(markdown !== undefined && { markdown }),
    ...(content?.plan !== undefined && { plan: content.plan }),
    ...(metadata && { metadata }),
    ...(stream && { streaming: stream.state }),
    ...(stream?.endedBy && { streamEndedBy: stream.endedBy }),
    ...(ephemeralTo && { ephemeralTo }),
  }
}
