import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createCalls } from '../../playground/calls.ts'
import { type HttpResponse, startFarEnd } from '../../playground/far-end.ts'
import { startSlack } from '../../playground/slack/slack.ts'

const OK: HttpResponse = { status: 200, headers: {}, body: 'ok' }

async function openFarEnd(carryOut: (count: number) => Promise<HttpResponse>) {
  const calls = createCalls()
  const { origin, close } = await startFarEnd({
    calls,
    describe: ({ url }) => ({ to: 'lambda', method: url, args: {} }),
    carryOut: () => carryOut(calls.all.length),
  })
  onTestFinished(close)
  return { calls, origin }
}

async function openSlack(failing: () => boolean = () => false) {
  const calls = createCalls()
  const faults = () => {
    if (failing()) throw new Error('on purpose')
    return undefined
  }
  const slack = await startSlack({ calls, faults })
  onTestFinished(slack.close)
  const testApi = () => fetch(`${slack.apiUrl}api.test`, { method: 'POST' })
  return { calls, slack, testApi }
}

/** Sends half a request and closes the connection. Resolves when the server has closed it too. */
async function hangUp(origin: string): Promise<void> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.write('POST /api/api.test HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nhalf')
  socket.end()
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

test('a simulator of AWS that throws drops the connection, records a violation, and answers the next call', async () => {
  const { calls, origin } = await openFarEnd((count) =>
    count === 1 ? Promise.reject(new Error('on purpose')) : Promise.resolve(OK),
  )
  await expect(fetch(`${origin}/first`)).rejects.toThrow()
  expect((await fetch(`${origin}/second`)).status).toBe(200)
  expect(calls.all).toMatchObject([
    { method: '/first', status: 0, error: 'Error: on purpose' },
    { method: '/second', status: 200 },
  ])
  expect(calls.violations).toEqual([
    expect.stringContaining('The simulator of lambda failed in /first: Error: on purpose'),
  ])
})

test('a simulator of AWS does not record a request that its client breaks off', async () => {
  const { calls, origin } = await openFarEnd(() => Promise.resolve(OK))
  await hangUp(origin)
  expect((await fetch(`${origin}/next`)).status).toBe(200)
  expect(calls.all.map(({ method }) => method)).toEqual(['/next'])
  expect(calls.violations).toEqual([])
})

test('the simulated Slack answers 500 when it throws, records a violation, and answers the next call', async () => {
  let failures = 1
  const { calls, testApi } = await openSlack(() => failures-- > 0)
  expect((await testApi()).status).toBe(500)
  expect(await (await testApi()).json()).toMatchObject({ ok: true })
  expect(calls.all).toMatchObject([
    { method: 'api.test', status: 500, error: 'Error: on purpose' },
    { method: 'api.test', status: 200 },
  ])
  expect(calls.violations).toEqual([
    expect.stringContaining('The simulator of slack failed in api.test: Error: on purpose'),
  ])
})

test('the simulated Slack does not record a request that its client breaks off', async () => {
  const { calls, slack, testApi } = await openSlack()
  await hangUp(slack.origin)
  expect(await (await testApi()).json()).toMatchObject({ ok: true })
  expect(calls.all).toHaveLength(1)
  expect(calls.violations).toEqual([])
})
