import { bodyLimit } from 'hono/body-limit'

/**
 * Slack's largest events are far smaller. The limit bounds what a stranger can make the Worker hold and hash.
 */
export const BODY_LIMIT_BYTES = 1_048_576

/** Answers 413 to a larger body, before reading all of it. */
export const limitBody = bodyLimit({
  maxSize: BODY_LIMIT_BYTES,
  onError: (c) => {
    c.set('logLine', { outcome: 'too_large' })
    return c.text('Payload Too Large', 413)
  },
})
