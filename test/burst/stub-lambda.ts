import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Handoff } from '../../backend/handoff.ts'
import { AWS_ACCOUNT, CALLER } from '../../playground/account.ts'
import { checkSigV4 } from '../../playground/sigv4.ts'

/** Beyond the edge's 1,200 ms for an invoke. */
const LATE_MS = 1_400

export type Fate = 'taken' | 'taken late' | '429' | '500' | 'reset'

export interface StubLambda {
  origin: string
  /** How often each turn was taken. */
  taken: ReadonlyMap<string, number>
  fates: ReadonlyMap<Fate, number>
  close(): Promise<void>
}

/**
 * The Invoke API with a function behind it that only remembers. The simulated Lambda starts a process an invocation,
 * which for thousands at once would measure this machine. `draw` says what becomes of the next invoke.
 */
export async function startStubLambda(draw: () => Fate): Promise<StubLambda> {
  const taken = new Map<string, number>()
  const fates = new Map<Fate, number>()
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const { method = '', url = '', headers } = request
    const refused = await checkSigV4(
      { method, url, headers, body },
      { ...CALLER, region: AWS_ACCOUNT.region, service: 'lambda', now: Date.now() },
    )
    if (refused) throw new Error(`The edge's signature is wrong: ${refused.message}`)
    const fate = draw()
    fates.set(fate, (fates.get(fate) ?? 0) + 1)
    if (fate === 'reset') return request.socket.destroy()
    if (fate === '429' || fate === '500') return response.writeHead(Number(fate)).end('{}')
    const handoff = JSON.parse(body.toString()) as Handoff
    if ('id' in handoff) taken.set(handoff.id, (taken.get(handoff.id) ?? 0) + 1)
    if (fate === 'taken late') await wait(LATE_MS)
    return response.writeHead(202).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    fates,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
