import { EventEmitter } from 'node:events'

/** One request that a simulated far end was sent, and what came of it. */
export interface Call {
  to: 'slack' | 'lambda' | 'bedrock' | 'dynamo' | 'secrets'
  /** The far end's own name for it: `chat.startStream`, `Invoke`, `ConverseStream`, `PutItem`, … */
  method: string
  args: Record<string, unknown>
  /** When the request had been read, in milliseconds of the Unix epoch. */
  at: number
  /** How long the answer took, in milliseconds; for a streamed answer, until its end. -1 while it is under way. */
  ms: number
  /** HTTP status; 0 where the connection was cut. -1 while it is under way. */
  status: number
  /** The far end's own error code where it refused: `ratelimited`, `ThrottlingException`, … */
  error?: string
  /** Named moments inside a streamed answer, in milliseconds of the Unix epoch: `firstToken`, `reset`, … */
  marks: Record<string, number>
}

/** What the far ends were asked, in the order of arrival, and what no product of ours may ever ask. */
export interface Calls {
  readonly all: readonly Call[]
  /** Requests that the real far end would let pass or answer, but that are a defect of ours: any of them fails a test run. */
  readonly violations: readonly string[]
  begin(call: Pick<Call, 'to' | 'method' | 'args'>): Call
  end(call: Call, outcome: { status: number; error?: string }): void
  violation(sentence: string): void
  /** Calls `listener` when a call begins and when it ends. Returns the function that ends that. */
  watch(listener: (call: Call, phase: 'begun' | 'ended') => void): () => void
  clear(): void
}

/** One record for all far ends of a stack, so that the order between them can be read. `now` is in milliseconds. */
export function createCalls(now: () => number = Date.now): Calls {
  const all: Call[] = []
  const violations: string[] = []
  const listeners = new EventEmitter<{ call: [Call, 'begun' | 'ended'] }>()
  return {
    all,
    violations,
    begin(asked) {
      const call: Call = { ...asked, at: now(), ms: -1, status: -1, marks: {} }
      all.push(call)
      listeners.emit('call', call, 'begun')
      return call
    },
    end(call, outcome) {
      Object.assign(call, outcome, { ms: now() - call.at })
      listeners.emit('call', call, 'ended')
    },
    violation: (sentence) => void violations.push(sentence),
    watch(listener) {
      listeners.on('call', listener)
      return () => void listeners.off('call', listener)
    },
    clear() {
      all.length = 0
      violations.length = 0
    },
  }
}

/**
 * What a test makes go wrong with one call, decided before the call is carried out.
 * `answer`: this answer in place of the real one. `cut`: the connection is closed without an answer.
 * `late`: the real answer, after so many milliseconds. With `carriedOut` the call takes effect all the same,
 * as when only the answer is lost on its way.
 */
export type Fault =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string; carriedOut?: boolean }
  | { kind: 'cut'; carriedOut?: boolean }
  | { kind: 'late'; ms: number }

/** Asked once for each call; what it returns happens. */
export type Faults = (call: Readonly<Call>) => Fault | undefined
