/**
 * How much a streamed message may hold and how long it lives. Slack documents only `markdownChars` and
 * `streamBlocks`. Third parties measured the others, and Slack does not promise them.
 */
export interface StreamLimits {
  /** Time from chat.startStream until Slack ends the stream, in milliseconds. Appends do not prolong it. */
  streamLifetimeMs: number
  /**
   * Size of one streamed message in UTF-8 bytes: text, titles, and twice the details and outputs of steps.
   */
  streamBytes: number
  /** Characters of `markdown_text` in one call, and of the text of one chunk. */
  markdownChars: number
  /** Blocks in the `blocks` chunks of one message. chat.stopStream may add as many again. */
  streamBlocks: number
}

export const defaultStreamLimits: StreamLimits = {
  // Probes of 2026-09 saw 306 s, and 5.18 to 5.30 min at any cadence; @chat-adapter/slack 4.41 calls it
  // "roughly five minutes".
  streamLifetimeMs: 306_000,
  // openclaw#143882 (2026): 10,600 to 11,300, consistent only in UTF-8 bytes. CopilotKit#6063 saw about
  // 12,000 characters of plain text.
  streamBytes: 10_600,
  // docs.slack.dev/reference/methods/chat.startStream, markdown_text.
  markdownChars: 12_000,
  // docs.slack.dev/changelog/2026/04/16/block-kit-new-blocks.
  streamBlocks: 50,
}
