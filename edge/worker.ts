import type { Handoff } from '../backend/handoff.ts'
import { createApp } from './app.ts'
import type { Bindings } from './bindings.ts'
import { createQueueConsumer } from './queue-consumer.ts'

const surroundings = {
  now: Date.now,
  fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
}

const app = createApp(surroundings)

export default { fetch: app.fetch, queue: createQueueConsumer(surroundings) } satisfies ExportedHandler<
  Bindings,
  Handoff
>
