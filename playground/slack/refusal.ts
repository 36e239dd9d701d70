/** A refusal by Slack. A method throws it; the answer is `{ok: false, error: code}` with HTTP 200. */
export class Refusal extends Error {
  readonly code: string
  readonly extra: Record<string, unknown>

  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.extra = extra
  }
}

/** Refuses with `code` and one explanation per fault: `[ERROR] missing required field: channel`. */
export const refuseFor = (code: string, faults: readonly string[]) =>
  new Refusal(code, { response_metadata: { messages: faults.map((fault) => `[ERROR] ${fault}`) } })
