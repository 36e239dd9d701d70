import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'
import type { Intake } from './stub-lambda.ts'

let delayMs = 0
let intake: Intake = { count: 0, last: undefined }

const server = createServer(async (incoming, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { method = '', url = '', headers } = incoming
  intake = { count: intake.count + 1, last: { method, url, headers, body: Buffer.concat(chunks) } }
  const answer = () => response.writeHead(202, { 'content-length': 0 }).end()
  if (delayMs === 0) answer()
  else setTimeout(answer, delayMs)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
parentPort?.postMessage((server.address() as AddressInfo).port)

parentPort?.on('message', (next: { delayMs: number }) => {
  parentPort?.postMessage(intake)
  intake = { count: 0, last: undefined }
  delayMs = next.delayMs
})
