import * as v from 'valibot'

/**
 * The contract between the tiers: what the edge puts into Lambda's asynchronous Invoke. It holds ids and the
 * question's text, not Slack's payload; the backend reads the message again from the thread.
 *
 * A handoff can outlive a release by a day (queues) and the tiers are not deployed at one instant, so fields are
 * only ever added, as optional ones. test/fixtures/handoffs keeps one of each kind for every release.
 */

/** A question: a mention, or any message in a direct message. */
export const Turn = v.object({
  kind: v.literal('turn'),
  /** `appId:teamId:channel:ts`. Of the message, not of the delivery: one post can arrive under several event ids. */
  id: v.string(),
  /** The workspace that installed the app; in Slack Connect the asker's can be another one. */
  teamId: v.string(),
  appId: v.string(),
  /** When the edge had it, in milliseconds of the Unix epoch. */
  receivedAt: v.number(),
  eventId: v.string(),
  botUserId: v.string(),
  trigger: v.picklist(['app_mention', 'message']),
  channel: v.string(),
  /** Slack does not name the type on a mention: then it is read off the id, and a G… may be a group or an mpim. */
  channelType: v.picklist(['channel', 'group', 'im', 'mpim']),
  ts: v.string(),
  /** The thread to answer in; equal to `ts` where the question opens it. */
  threadTs: v.string(),
  userId: v.string(),
  userTeamId: v.string(),
  /** As Slack sent it, mrkdwn; the edge cuts it at 16,000 characters. */
  text: v.string(),
  /** 0 for the first delivery. */
  slackRetryNum: v.number(),
})
export type Turn = v.InferOutput<typeof Turn>

/** A question typed behind a slash command. It has no thread: the backend opens the direct message and answers there. */
export const Command = v.object({
  kind: v.literal('command'),
  /** `appId:teamId:command:triggerId`. Slack sends a command once. */
  id: v.string(),
  teamId: v.string(),
  appId: v.string(),
  receivedAt: v.number(),
  /** Where it was typed. */
  channel: v.string(),
  userId: v.string(),
  /** What was typed behind the command; the edge cuts it at 16,000 characters. */
  text: v.string(),
})
export type Command = v.InferOutput<typeof Command>

/** Slack's Stop button. */
export const Stop = v.object({
  kind: v.literal('stop'),
  teamId: v.string(),
  appId: v.string(),
  receivedAt: v.number(),
  eventId: v.string(),
  /** When it was pressed: an older answer is meant, never a newer one. */
  eventTs: v.string(),
  channel: v.string(),
  threadTs: v.string(),
  /** The messages that were streaming, as far as Slack knew. */
  streamingTs: v.array(v.string()),
  userId: v.string(),
})
export type Stop = v.InferOutput<typeof Stop>

/** A thumb under an answer. */
export const Feedback = v.object({
  kind: v.literal('feedback'),
  turnId: v.string(),
  teamId: v.string(),
  appId: v.string(),
  receivedAt: v.number(),
  channel: v.string(),
  /** The message with the thumbs. */
  messageTs: v.string(),
  /** The thread that it stands in. */
  threadTs: v.optional(v.string()),
  userId: v.string(),
  value: v.picklist(['positive', 'negative']),
})
export type Feedback = v.InferOutput<typeof Feedback>

/** "Try again" under an answer that failed. */
export const Retry = v.object({
  kind: v.literal('retry'),
  turnId: v.string(),
  /** The attempt that failed, as the button was made with: a second press of the same button is known by it. */
  attempt: v.number(),
  teamId: v.string(),
  appId: v.string(),
  receivedAt: v.number(),
  channel: v.string(),
  threadTs: v.string(),
  userId: v.string(),
})
export type Retry = v.InferOutput<typeof Retry>

export const Handoff = v.variant('kind', [Turn, Command, Stop, Feedback, Retry])
export type Handoff = v.InferOutput<typeof Handoff>
