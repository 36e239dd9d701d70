import { vi } from 'vitest'

/** Ends a wait that hangs. It measures nothing: on a quiet machine these waits take milliseconds. */
const GIVE_UP_MS = 60_000

/** Repeats an assertion until it holds. For what no promise announces, such as the end of a process. */
export function eventually(assertion: () => unknown): Promise<void> {
  return vi.waitFor(async () => void (await assertion()), { timeout: GIVE_UP_MS })
}
