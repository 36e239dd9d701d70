import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Handoff } from '../../backend/handoff.ts'
import { AWS_ACCOUNT, CALLER } from '../../playground/account.ts'
import { checkSigV4 } from '../../playground/sigv4.ts'

/** Longer than the 1,200 ms that the edge allows for an invoke. */
const LATE_MS = 1_400

export type Fate = 'accepted' | 'accepted late' | '429' | '500' | 'reset'

export interface StubLambda {
  origin: string
  /** How often each turn was accepted, by its id. */
  accepted: ReadonlyMap<string, number>
  fates: ReadonlyMap<Fate, number>
  close(): Promise<void>
}

/**
 * The Invoke API without a function: it only counts. The playground's Lambda starts processes, and thousands
 * of them would measure this machine. `draw` decides the fate of the next invoke.
 */
export async function startStubLambda(draw: () => Fate): Promise<StubLambda> {
  const accepted = new Map<string, number>()
  const fates = new Map<Fate, number>()
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const { method = '', url = '', headers } = request
    const refused = await checkSigV4(
      { method, url, headers, body },
      { ...CALLER, region: AWS_ACCOUNT.region, service: 'lambda', now: Date.now() },
    )
    if (refused) throw new Error(`The edge signed an invoke wrongly: ${refused.message}`)
    const fate = draw()
    fates.set(fate, (fates.get(fate) ?? 0) + 1)
    if (fate === 'reset') return request.socket.destroy()
    if (fate === '429' || fate === '500') return response.writeHead(Number(fate)).end('{}')
    const handoff = JSON.parse(body.toString()) as Handoff
    if ('id' in handoff) accepted.set(handoff.id, (accepted.get(handoff.id) ?? 0) + 1)
    if (fate === 'accepted late') await wait(LATE_MS)
    return response.writeHead(202).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
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
