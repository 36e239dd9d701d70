/** Kept back from the turn's time to close the message: one append, one stop and one write to the table. */
export const REPLY_RESERVE_MS = 10_000

/** Calls `onDeadline` while there is still time to close the message. Returns the function that cancels it. */
export function startDeadline(remainingMs: number, onDeadline: () => void): () => void {
  const timer = setTimeout(onDeadline, Math.max(0, remainingMs - REPLY_RESERVE_MS))
  return () => clearTimeout(timer)
}

/** Resolves when the signal fires, or has fired. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Something took longer than it was given. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut' as const
}

/** The promise's own outcome, or TimedOut after `budgetMs`. What it started goes on unheard. */
export async function within<T>(budgetMs: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const spent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`not within ${budgetMs} ms`)), budgetMs)
  })
  try {
    return await Promise.race([promise, spent])
  } finally {
    clearTimeout(timer)
  }
}
