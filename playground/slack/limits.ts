import { defaultStreamLimits, type StreamLimits } from './stream-limits.ts'

/** Every rate, wait and limit of the simulated Slack, so that a test can shorten or lift it. */
export interface SlackLimits extends StreamLimits {
  /** Calls per window for each method, workspace and app. `off` lets everything pass. */
  tiers: { t1: number; t2: number; t3: number; t4: number; special: number; assistantStatus: number } | 'off'
  /** Length of the window in which calls are counted, in milliseconds. */
  windowMs: number
  /**
   * chat.postMessage: `burst` messages at once per channel, then `perSecond`, and `perWindow` in the whole
   * workspace.
   */
  postMessage: { burst: number; perSecond: number; perWindow: number }
  /** How long the app may take to answer a request, in milliseconds. */
  ackMs: number
  /** Waits before an event is sent for the second, third and fourth time, in milliseconds. */
  resendAfterMs: readonly number[]
  /** The longest `text` of chat.update, in UTF-8 bytes. */
  updateTextBytes: number
  /** How much `text` of chat.postMessage Slack keeps, in characters. */
  postTextChars: number
  /** After this many milliseconds Slack sets a session that is still `processing` to `active`. */
  processingMs: number
  /** After this many milliseconds the text of assistant.threads.setStatus disappears. */
  assistantStatusMs: number
  /** A response_url expires after this many milliseconds, or after this many uses. */
  responseUrlMs: number
  responseUrlUses: number
  /** How long a trigger_id can be exchanged for a view, once, in milliseconds. */
  triggerMs: number
}

export const defaultLimits: SlackLimits = {
  ...defaultStreamLimits,
  // docs.slack.dev/apis/web-api/rate-limits. "Special" tiers have no published number; 600 is the limit of
  // assistant.threads.setStatus.
  tiers: { t1: 1, t2: 20, t3: 50, t4: 100, special: 600, assistantStatus: 600 },
  windowMs: 60_000,
  // Same page: about one per second and channel with short bursts, "several hundred" per minute and
  // workspace. The burst of 5 is our reading.
  postMessage: { burst: 5, perSecond: 1, perWindow: 300 },
  // docs.slack.dev/apis/events-api: 3 s; nearly at once, after 1 minute, after 5 minutes.
  ackMs: 3_000,
  resendAfterMs: [0, 60_000, 300_000],
  // The reference says 4,000 characters; openclaw#115027 measured bytes.
  updateTextBytes: 4_000,
  // docs.slack.dev/reference/methods/chat.postMessage#truncating.
  postTextChars: 40_000,
  // docs.slack.dev/ai/agent-sessions: one hour; docs.slack.dev/reference/methods/assistant.threads.setStatus:
  // two minutes.
  processingMs: 3_600_000,
  assistantStatusMs: 120_000,
  // docs.slack.dev/interactivity/handling-user-interaction.
  responseUrlMs: 1_800_000,
  responseUrlUses: 5,
  triggerMs: 3_000,
}
