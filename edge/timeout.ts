/** An operation took longer than its time limit. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut' as const
}

/** The outcome of `promise`, or TimedOut after `ms` milliseconds. The operation itself is not cancelled. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new TimedOut(`no result within ${ms} ms`)), ms)
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
