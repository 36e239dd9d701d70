/** Ids seen lately in this isolate. Others see others: nothing may depend on it but the price of a repetition. */
export interface Recent {
  has(id: string): boolean
  add(id: string): void
}

/** Holds the newest `limit` ids. */
export function createRecent(limit: number): Recent {
  const ids = new Set<string>()
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id)
      for (const oldest of ids) {
        if (ids.size <= limit) break
        ids.delete(oldest)
      }
    },
  }
}
