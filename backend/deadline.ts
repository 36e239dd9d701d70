/** Time at the end of an invocation to close the message: one append, one stop and one write to the table. */
export const REPLY_RESERVE_MS = 10_000

/**
 * Calls `onDeadline` while there is still time to close the message. Returns the function that cancels it.
 */
export function startDeadline(remainingMs: number, onDeadline: () => void): () => void {
  const timer = setTimeout(onDeadline, Math.max(0, remainingMs - REPLY_RESERVE_MS))
  return () => clearTimeout(timer)
}

/** Resolves when the signal is aborted, at once if it is aborted already. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Something took longer than it was given. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut' as const
}

/**
 * Settles as the promise does, or rejects with TimedOut after `budgetMs`. The work goes on, but nobody sees
 * its result.
 */
export async function within<T>(budgetMs: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`not done within ${budgetMs} ms`)), budgetMs)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Does work that may take `budgetMs`: rejects with TimedOut after that, and aborts the signal that the work got.
 * That signal is aborted too if `signal` is.
 */
export async function abortAfter<T>(
  budgetMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leaving = new AbortController()
  try {
    return await within(budgetMs, work(AbortSignal.any([signal, leaving.signal])))
  } finally {
    leaving.abort()
  }
}
