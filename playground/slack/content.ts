import { type Args, stringOf } from './arguments.ts'
import { type Block, checkBlocks, isObject } from './blocks.ts'
import type { SlackLimits } from './limits.ts'
import { Refusal } from './refusal.ts'
import { fromMarkdown } from './text.ts'

/** The content of a post or an update. Only the given fields are set. */
export interface Content {
  text?: string
  markdown?: string
  blocks?: Block[]
  attachments?: unknown[]
}

/**
 * The most attachments of one message (docs.slack.dev/reference/methods/chat.postMessage,
 * `too_many_attachments`).
 */
const MAX_ATTACHMENTS = 100

/**
 * Reads the content arguments of chat.postMessage, postEphemeral and update, or refuses as their reference
 * pages say.
 */
export function readContent(args: Args, limits: SlackLimits): Content {
  const text = stringOf(args, 'text')
  const markdown = stringOf(args, 'markdown_text')
  const blocks = Array.isArray(args.blocks) ? checkBlocks(args.blocks) : undefined
  const attachments = Array.isArray(args.attachments) ? args.attachments : undefined
  if (markdown !== undefined && (text !== undefined || blocks)) throw new Refusal('markdown_text_conflict')
  if (markdown !== undefined && markdown.length > limits.markdownChars) throw new Refusal('msg_too_long')
  if (attachments && attachments.length > MAX_ATTACHMENTS) throw new Refusal('too_many_attachments')
  if (!text && !markdown && !blocks?.length && !attachments?.length) throw new Refusal('no_text')
  return {
    ...(text !== undefined && { text }),
    ...(markdown !== undefined && { markdown, text: fromMarkdown(markdown) }),
    ...(blocks && { blocks }),
    ...(attachments && { attachments }),
  }
}

/**
 * Reads `metadata`. Refuses with `invalid_metadata_format` if it is neither an event type with its payload
 * nor a list of entities.
 */
export function readMetadata({ metadata }: Args): Record<string, unknown> | undefined {
  if (metadata === undefined) return undefined
  if (!isObject(metadata)) throw new Refusal('invalid_metadata_format')
  const event =
    typeof metadata.event_type === 'string' && metadata.event_type !== '' && isObject(metadata.event_payload)
  if (!event && !Array.isArray(metadata.entities)) throw new Refusal('invalid_metadata_format')
  return metadata
}
