import { createMiddleware } from 'hono/factory'
import type { EdgeEnv } from './bindings.ts'
import { writeLog } from './log.ts'
import { releaseName } from './release.ts'

/** The path is chosen by the caller: log only its beginning. */
const LOGGED_PATH_CHARS = 64

/**
 * Runs around every request: notes when it arrived, sets `x-release` on the response, and writes the log
 * line.
 */
export const requestLog = ({ now }: { now: () => number }) =>
  createMiddleware<EdgeEnv>(async (c, next) => {
    const receivedAt = now()
    const slackRetryNum = Number(/^\d{1,3}$/.exec(c.req.header('x-slack-retry-num') ?? '')?.[0] ?? 0)
    c.set('requestMeta', { receivedAt, slackRetryNum })
    // Set before the response exists: Hono would copy a finished response to change it.
    c.header('x-release', await releaseName(c.env))
    await next()
    writeLog('request', {
      path: c.req.path.slice(0, LOGGED_PATH_CHARS),
      ...c.get('logLine'),
      slackRetryNum,
      ms: now() - receivedAt,
    })
  })
