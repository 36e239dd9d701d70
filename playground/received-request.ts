/** One HTTP request, as a server received it. */
export interface ReceivedRequest {
  method: string
  /** Path and query, as received. */
  url: string
  /** Names are in lower case, as in Node. Over HTTP/2 the host is in `:authority`. */
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** A header's value; several values are joined by commas. Over HTTP/2 `:authority` is the host. */
export function headerOf({ headers }: ReceivedRequest, name: string): string | undefined {
  const value = headers[name] ?? (name === 'host' ? headers[':authority'] : undefined)
  return Array.isArray(value) ? value.join(',') : value
}
