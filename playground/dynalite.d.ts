declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** Without a `path` the store is in memory. */
  export default function dynalite(options: { createTableMs: number }): Server
}
