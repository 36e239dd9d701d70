import { createApp } from './app.ts'
import type { Bindings } from './bindings.ts'

const app = createApp({ now: Date.now, fetch: (input, init) => fetch(input, init) })

export default { fetch: app.fetch } satisfies ExportedHandler<Bindings>
