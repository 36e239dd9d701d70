/** Slack's own "no": thrown by a behaviour, answered as `{ok: false, error: code}` with HTTP 200. */
export class Refusal extends Error {
  readonly code: string
  readonly extra: Record<string, unknown>

  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.extra = extra
  }
}

/** `code` with Slack's explanations, one for each fault: `[ERROR] missing required field: channel`. */
export const refuseFor = (code: string, faults: readonly string[]) =>
  new Refusal(code, { response_metadata: { messages: faults.map((fault) => `[ERROR] ${fault}`) } })
