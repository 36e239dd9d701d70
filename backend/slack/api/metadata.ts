const EVENT_TYPE = 'vera_turn'

const MARK_STATES = ['root', 'open', 'closed', 'ended', 'failed'] as const

/**
 * Invisible data in our messages, by which another process recognizes them. Holds ids and no words, because
 * every app in the workspace can read it. https://docs.slack.dev/messaging/message-metadata
 */
export interface TurnMark {
  turnId: string
  attempt: number
  /** Position of the message in the reply, from 0. */
  part: number
  /**
   * `root`: repeats a command's question. `open`: we are still updating it. `closed`: the reply goes on in
   * another message. `ended`: the last message of this attempt. `failed`: the last message, and the turn may
   * be tried again.
   */
  state: (typeof MARK_STATES)[number]
  /** The person whose question a root repeats. */
  userId?: string
}

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

/** The mark in a message's metadata, if it has one. Check the author first: any app can write it. */
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
