import type { Call } from '../calls.ts'
import type { StreamException } from './event-stream.ts'

/**
 * What goes wrong inside a streamed answer, for tests. It happens before the delta number `afterDeltas` (text
 * only, from 0), or at the end of a shorter text. `silence`: nothing more is sent, and the stream stays open.
 * `reset`: RST_STREAM. `cut`: the connection ends.
 */
export interface StreamFault {
  afterDeltas: number
  ending:
    | 'silence'
    | 'reset'
    | 'cut'
    | { exception: StreamException; message: string; originalStatusCode?: number; originalMessage?: string }
}

/** Asked once for each ConverseStream that is answered with HTTP 200. */
export type StreamFaults = (call: Readonly<Call>) => StreamFault | undefined
