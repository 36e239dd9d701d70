/**
 * What a streamed message may hold and how long it lives. Slack documents only `markdownChars` and `blocks`;
 * the others were measured by third parties and are no promise of Slack's.
 */
export interface StreamLimits {
  /** Milliseconds from chat.startStream to Slack's own end of the stream, whether or not it is appended to. */
  streamLifetimeMs: number
  /** UTF-8 bytes of one streamed message: text, titles, and twice the details and outputs of steps. */
  streamBytes: number
  /** Characters of `markdown_text` in one call, and of the text of one chunk. */
  markdownChars: number
  /** Blocks that `blocks` chunks may bring to one message. As many again may come with chat.stopStream. */
  streamBlocks: number
}

export const defaultStreamLimits: StreamLimits = {
  // Probes of 2026-09 saw 306 s, and 5.18 to 5.30 min whatever the cadence; @chat-adapter/slack 4.41 calls it "roughly five minutes".
  streamLifetimeMs: 306_000,
  // openclaw#143882 (2026): 10,600 to 11,300, consistent only in UTF-8 bytes; CopilotKit#6063 saw about 12,000 characters of plain text.
  streamBytes: 10_600,
  // docs.slack.dev/reference/methods/chat.startStream, markdown_text.
  markdownChars: 12_000,
  // docs.slack.dev/changelog/2026/04/16/block-kit-new-blocks.
  streamBlocks: 50,
}
