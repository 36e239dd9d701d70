import { EventEmitter } from 'node:events'

/** One request that a simulator received, and its result. */
export interface Call {
  to: 'slack' | 'lambda' | 'bedrock' | 'dynamo' | 'secrets'
  /**
   * The service's own name for the operation: `chat.startStream`, `Invoke`, `ConverseStream`, `PutItem`, …
   */
  method: string
  args: Record<string, unknown>
  /** When the whole request had arrived, in milliseconds of the Unix epoch. */
  at: number
  /**
   * How long the answer took, in milliseconds, until the end of a streamed answer. -1 while the call is
   * running.
   */
  ms: number
  /** HTTP status. 0 if the connection was cut, -1 while the call is running. */
  status: number
  /** The service's own error code if it refused: `ratelimited`, `ThrottlingException`, … */
  error?: string
  /** Moments inside a streamed answer, in milliseconds of the Unix epoch: `firstToken`, `reset`, … */
  marks: Record<string, number>
}

/** The record of all requests, in the order of arrival. */
export interface Calls {
  readonly all: readonly Call[]
  /**
   * Requests that the real service may accept, but that Vera must never send. Any of them fails a test run.
   */
  readonly violations: readonly string[]
  begin(call: Pick<Call, 'to' | 'method' | 'args'>): Call
  end(call: Call, outcome: { status: number; error?: string }): void
  violation(sentence: string): void
  /** Calls `listener` when a call begins and when it ends. Returns the function that stops this. */
  watch(listener: (call: Call, phase: 'begun' | 'ended') => void): () => void
  clear(): void
}

/**
 * One record for all simulators of a stack keeps the order between them. `now` returns milliseconds of the
 * Unix epoch.
 */
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
 * What goes wrong with one call. A test decides it before the call is carried out.
 * `answer`: this answer instead of the real one. `cut`: the connection closes without an answer. `late`: the
 * real answer, after `ms` milliseconds. With `carriedOut` the call still takes effect, as if only the answer
 * had been lost.
 */
export type Fault =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string; carriedOut?: boolean }
  | { kind: 'cut'; carriedOut?: boolean }
  | { kind: 'late'; ms: number }

/** Asked once for each call. The call gets the fault that this returns, if any. */
export type Faults = (call: Readonly<Call>) => Fault | undefined
