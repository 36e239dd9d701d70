/**
 * Why a turn is interrupted. Each turn has one AbortController; this is the reason that it is aborted with. A
 * signal keeps the first reason, and `AbortSignal.any` passes it on.
 */
export type Interruption =
  /** Somebody pressed Stop in the thread. */
  | 'stopped'
  /** Slack says that there is no thread to write to. */
  | 'gone'
  /** Another process took the turn over, because it believed this one dead. */
  | 'taken'
  /** Lambda's time is almost over. */
  | 'deadline'

/** The reason of a turn's signal; undefined as long as nothing has interrupted the turn. */
export function interruptionOf({ reason }: AbortSignal): Interruption | undefined {
  return reason
}
