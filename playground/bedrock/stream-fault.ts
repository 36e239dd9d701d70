import type { Call } from '../calls.ts'
import type { StreamException } from './event-stream.ts'

/**
 * What a test makes go wrong inside a streamed answer, before the delta number `afterDeltas` (counting from 0, text only), or at
 * the end of the text where it has fewer. `silence`: nothing comes any more, and the stream stays open. `reset`: RST_STREAM.
 * `cut`: the connection ends.
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
