import { createMiddleware } from 'hono/factory'
import type { EdgeEnv } from './bindings.ts'

/** Slack's largest events stay far below it, and it bounds what a stranger can make the Worker hold and hash. */
export const BODY_LIMIT_BYTES = 1_048_576

/** Reads the body once, as bytes. Answers 413 to what is larger than BODY_LIMIT_BYTES, before it is read whole. */
export const readBody = createMiddleware<EdgeEnv>(async (c, next) => {
  const bytes = await readBounded(c.req.raw, BODY_LIMIT_BYTES)
  if (!bytes) {
    c.set('logLine', { outcome: 'too_large' })
    return c.text('Payload Too Large', 413)
  }
  c.set('rawBody', bytes)
  return next()
})

/** The body, or undefined where it has more than `limit` bytes. */
async function readBounded(request: Request, limit: number): Promise<Uint8Array | undefined> {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > limit) {
    await request.body?.cancel()
    return undefined
  }
  if (declared !== null && !request.headers.has('transfer-encoding')) {
    // HTTP holds a body to its declared length.
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > limit ? undefined : bytes
  }
  return request.body ? readChunks(request.body.getReader(), limit) : new Uint8Array()
}

async function readChunks(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length
    if (length > limit) {
      await reader.cancel()
      return undefined
    }
    chunks.push(read.value)
  }
  return join(chunks, length)
}

/** `length` is that of all parts together. */
function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
