import type { Handoff } from '../backend/handoff.ts'
import { createApp } from './app.ts'
import type { Bindings } from './bindings.ts'
import { createQueueConsumer } from './queue-consumer.ts'

const platform = {
  now: Date.now,
  fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
}

const app = createApp(platform)

export default { fetch: app.fetch, queue: createQueueConsumer(platform) } satisfies ExportedHandler<
  Bindings,
  Handoff
>
