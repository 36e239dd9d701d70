import * as v from 'valibot'

/**
 * The contract between the tiers: the payload of Lambda's asynchronous Invoke. It holds ids and the
 * question's text, not Slack's payload; the backend reads the message again from the thread.
 *
 * A handoff can wait in a queue for a day, and the tiers are not deployed at the same moment. So we only ever
 * add fields, as optional ones. test/fixtures/handoffs keeps one of each kind for every release.
 */

/** A question: a mention, or any message in a direct message. */
export const Turn = v.object({
  kind: v.literal('turn'),
  /**
   * `appId:teamId:channel:ts`. Names the message, not the delivery: one post can arrive under several event
   * ids.
   */
  id: v.string(),
  /** The workspace that installed the app. In Slack Connect the asker may belong to another one. */
  teamId: v.string(),
  appId: v.string(),
  /** When the edge received it, in milliseconds of the Unix epoch. */
  receivedAt: v.number(),
  eventId: v.string(),
  botUserId: v.string(),
  trigger: v.picklist(['app_mention', 'message']),
  channel: v.string(),
  /**
   * Slack does not name the type of a mention's channel, so the edge derives it from the id; a G… may be
   * either of two.
   */
  channelType: v.picklist(['channel', 'group', 'im', 'mpim']),
  ts: v.string(),
  /** The thread to answer in; equal to `ts` if the question starts it. */
  threadTs: v.string(),
  userId: v.string(),
  userTeamId: v.string(),
  /** The mrkdwn that Slack sent, cut by the edge to 16,000 characters. */
  text: v.string(),
  /** 0 for the first delivery. */
  slackRetryNum: v.number(),
})
export type Turn = v.InferOutput<typeof Turn>

/** A question after a slash command. It has no thread: the backend answers in the asker's direct messages. */
export const Command = v.object({
  kind: v.literal('command'),
  /** `appId:teamId:command:triggerId`. Slack sends a command once. */
  id: v.string(),
  teamId: v.string(),
  appId: v.string(),
  receivedAt: v.number(),
  /** Where the command was typed. */
  channel: v.string(),
  userId: v.string(),
  /** The text after the command, cut by the edge to 16,000 characters. */
  text: v.string(),
})
export type Command = v.InferOutput<typeof Command>

/** A press of Slack's Stop button. */
export const Stop = v.object({
  kind: v.literal('stop'),
  teamId: v.string(),
  appId: v.string(),
  receivedAt: v.number(),
  eventId: v.string(),
  /** When it was pressed. It stops answers that began before, and no later one. */
  eventTs: v.string(),
  channel: v.string(),
  threadTs: v.string(),
  /** The messages that were streaming, according to Slack. */
  streamingTs: v.array(v.string()),
  userId: v.string(),
})
export type Stop = v.InferOutput<typeof Stop>

/** A thumb below an answer. */
export const Feedback = v.object({
  kind: v.literal('feedback'),
  turnId: v.string(),
  teamId: v.string(),
  appId: v.string(),
  receivedAt: v.number(),
  channel: v.string(),
  /** The message with the thumbs. */
  messageTs: v.string(),
  /** The thread of that message. */
  threadTs: v.optional(v.string()),
  userId: v.string(),
  value: v.picklist(['positive', 'negative']),
})
export type Feedback = v.InferOutput<typeof Feedback>

/** A press of "Try again" below an answer that failed. */
export const Retry = v.object({
  kind: v.literal('retry'),
  turnId: v.string(),
  /** The failed attempt, from the button's value. It shows that a second press is of the same button. */
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
