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

export const Handoff = v.variant('kind', [Turn])
export type Handoff = v.InferOutput<typeof Handoff>
