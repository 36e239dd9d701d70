import { createMiddleware } from 'hono/factory'
import { type EdgeEnv, releaseOf } from './bindings.ts'
import { writeLog } from './log.ts'

/** Strangers choose the path, and how long it is. */
const LOGGED_PATH_CHARS = 64

/** Frames every request: notes when it came, names the release on whatever is answered, and writes the one log line. */
export const requestLog = ({ now }: { now: () => number }) =>
  createMiddleware<EdgeEnv>(async (c, next) => {
    const receivedAt = now()
    const slackRetryNum = Number(/^\d{1,3}$/.exec(c.req.header('x-slack-retry-num') ?? '')?.[0] ?? 0)
    c.set('receivedAt', receivedAt)
    c.set('slackRetryNum', slackRetryNum)
    // Before the answer is made: setting it later would copy the answer.
    c.header('x-release', releaseOf(c.env))
    await next()
    writeLog('request', {
      path: c.req.path.slice(0, LOGGED_PATH_CHARS),
      ...c.var.logLine,
      slackRetryNum,
      ms: now() - receivedAt,
    })
  })
