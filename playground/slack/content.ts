import { type Args, stringOf } from './arguments.ts'
import { type Block, checkBlocks, isObject } from './blocks.ts'
import type { SlackLimits } from './limits.ts'
import { Refusal } from './refusal.ts'
import { fromMarkdown } from './text.ts'

/** What a post or an update brings. Only what was given is set. */
export interface Content {
  text?: string
  markdown?: string
  blocks?: Block[]
  attachments?: unknown[]
}

/** Attachments that one message may have (docs.slack.dev/reference/methods/chat.postMessage, `too_many_attachments`). */
const MAX_ATTACHMENTS = 100

/** The content arguments shared by chat.postMessage, postEphemeral and update, or the refusal of their reference pages. */
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

/** `metadata`, or `invalid_metadata_format` where it is not an event type with its payload, nor a list of entities. */
export function readMetadata({ metadata }: Args): Record<string, unknown> | undefined {
  if (metadata === undefined) return undefined
  if (!isObject(metadata)) throw new Refusal('invalid_metadata_format')
  const event =
    typeof metadata.event_type === 'string' && metadata.event_type !== '' && isObject(metadata.event_payload)
  if (!event && !Array.isArray(metadata.entities)) throw new Refusal('invalid_metadata_format')
  return metadata
}
