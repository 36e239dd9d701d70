/**
 * What our messages carry unseen, so that another process knows them again: ids and no words, since every app in the
 * workspace can read it. https://docs.slack.dev/messaging/message-metadata
 */
export interface TurnMark {
  turnId: string
  attempt: number
  /** Which message of the reply, from 0. */
  part: number
  /**
   * `root`: repeats a command's question. `open`: still being written by updates. `closed`: more follows in another.
   * `ended`: the last word of this attempt. `failed`: the same, and it may be tried again.
   */
  state: (typeof MARK_STATES)[number]
  /** Of a root: whose question it is. */
  userId?: string
}

const MARK_STATES = ['root', 'open', 'closed', 'ended', 'failed'] as const

const EVENT_TYPE = 'vera_turn'

export function toMetadata({ turnId, attempt, part, state, userId }: TurnMark) {
  return {
    event_type: EVENT_TYPE,
    event_payload: {
      turn_id: turnId,
      attempt,
      part,
      state,
      ...(userId !== undefined && { user_id: userId }),
    },
  }
}

/** The mark of a message as Slack gives it back; undefined where it has none of ours. */
export function fromMetadata(
  metadata: { event_type?: string; event_payload?: unknown } | undefined,
): TurnMark | undefined {
  if (metadata?.event_type !== EVENT_TYPE || typeof metadata.event_payload !== 'object') return undefined
  const {
    turn_id: turnId,
    attempt,
    part,
    state,
    user_id: userId,
  } = (metadata.event_payload ?? {}) as Record<string, unknown>
  const known = MARK_STATES.find((one) => one === state)
  if (typeof turnId !== 'string' || known === undefined) return undefined
  return {
    turnId,
    attempt: Number(attempt),
    part: Number(part),
    state: known,
    ...(typeof userId === 'string' && { userId }),
  }
}
