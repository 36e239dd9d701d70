/** Something took longer than it may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut' as const
}

/**
 * What `work` comes to, within so many milliseconds; else throws TimedOut and aborts the signal. Work that does not
 * mind the signal may go on, and take effect.
 */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new TimedOut(`not within ${ms} ms`))
    controller.abort()
  }, ms)
  try {
    return await Promise.race([work(controller.signal), late])
  } finally {
    clearTimeout(timer)
  }
}
