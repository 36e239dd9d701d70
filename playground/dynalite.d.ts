declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** Keeps the data in memory if there is no `path`. */
  export default function dynalite(options: { createTableMs: number }): Server
}
