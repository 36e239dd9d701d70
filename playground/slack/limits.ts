import { defaultStreamLimits, type StreamLimits } from './stream-limits.ts'

/** Every rate, wait and ceiling of the simulated Slack, so that a test can shorten or lift it. */
export interface SlackLimits extends StreamLimits {
  /** Calls in a window, for each method, workspace and app; `off` lets everything pass. */
  tiers: { t1: number; t2: number; t3: number; t4: number; special: number; assistantStatus: number } | 'off'
  /** Milliseconds of the window in which calls are counted. */
  windowMs: number
  /** chat.postMessage: messages at once in a channel, then so many a second; and in a window over the whole workspace. */
  postMessage: { burst: number; perSecond: number; perWindow: number }
  /** Milliseconds in which a request to the app must be acknowledged. */
  ackMs: number
  /** Milliseconds to wait before an event is sent for the second, third and fourth time. */
  resendAfterMs: readonly number[]
  /** UTF-8 bytes of `text` in chat.update. */
  updateTextBytes: number
  /** Characters of `text` in chat.postMessage that Slack keeps. */
  postTextChars: number
  /** Milliseconds after which a session left at `processing` falls back to `active`. */
  processingMs: number
  /** Milliseconds after which the words of assistant.threads.setStatus disappear. */
  assistantStatusMs: number
  /** A response_url lives so many milliseconds and so many uses. */
  responseUrlMs: number
  responseUrlUses: number
  /** Milliseconds in which a trigger_id may be exchanged for a view, once. */
  triggerMs: number
}

export const defaultLimits: SlackLimits = {
  ...defaultStreamLimits,
  // docs.slack.dev/apis/web-api/rate-limits. "Special" tiers have no published number; 600 is that of assistant.threads.setStatus.
  tiers: { t1: 1, t2: 20, t3: 50, t4: 100, special: 600, assistantStatus: 600 },
  windowMs: 60_000,
  // Same page: about one a second a channel with short bursts, "several hundred" a minute a workspace. The burst of 5 is our reading.
  postMessage: { burst: 5, perSecond: 1, perWindow: 300 },
  // docs.slack.dev/apis/events-api: 3 s; nearly at once, after 1 minute, after 5 minutes.
  ackMs: 3_000,
  resendAfterMs: [0, 60_000, 300_000],
  // The reference says 4,000 characters; openclaw#115027 measured bytes.
  updateTextBytes: 4_000,
  // docs.slack.dev/reference/methods/chat.postMessage#truncating.
  postTextChars: 40_000,
  // docs.slack.dev/ai/agent-sessions: one hour; docs.slack.dev/reference/methods/assistant.threads.setStatus: two minutes.
  processingMs: 3_600_000,
  assistantStatusMs: 120_000,
  // docs.slack.dev/interactivity/handling-user-interaction.
  responseUrlMs: 1_800_000,
  responseUrlUses: 5,
  triggerMs: 3_000,
}
