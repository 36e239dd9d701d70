import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'
import type { Load, LoadResult } from './load.ts'
import { signedMention } from './mention.ts'

// Sends load from its own thread over plain sockets, because Node's HTTP client is slower than a Worker.

parentPort?.on('message', async (load: Load) => parentPort?.postMessage(await sendLoad(load)))

async function sendLoad({ port, connections, requests, from }: Load): Promise<LoadResult> {
  const waiting = Array.from({ length: requests }, (_, n) => toHttp(from + n))
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      await once(socket, 'connect')
      return socket
    }),
  )
  const ms: number[] = []
  const statuses: Record<string, number> = {}
  await Promise.all(
    sockets.map(async (socket) => {
      for (let request = waiting.pop(); request; request = waiting.pop()) {
        const start = performance.now()
        const status = await ask(socket, request)
        ms.push(performance.now() - start)
        statuses[status] = (statuses[status] ?? 0) + 1
      }
      socket.destroy()
    }),
  )
  return { ms, statuses }
}

function toHttp(n: number): Buffer {
  const { body, headers } = signedMention(n)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/**
 * Resolves with the status once the whole response has arrived. workerd sends the length of every body it
 * knows.
 */
function ask(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = ''
    const settle = (finish: () => void) => {
      socket.off('data', read).off('error', reject).off('close', closed)
      finish()
    }
    const closed = () => settle(() => reject(new Error('workerd closed the connection before it answered.')))
    const read = (chunk: Buffer) => {
      received += chunk.toString('latin1')
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1]
      if (length === undefined)
        return settle(() => reject(new Error(`A response has no content-length:\n${received}`)))
      if (received.length >= end + 4 + Number(length)) settle(() => resolve(Number(received.slice(9, 12))))
    }
    socket.on('data', read).on('error', reject).on('close', closed)
    socket.write(request)
  })
}
