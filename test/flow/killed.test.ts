import { beforeAll, expect, test } from 'vitest'
import type { Call } from '../../playground/calls.ts'
import { called, mention, openStage, post, seen } from './stage.ts'

const stage = openStage()
const ANSWER = 'The VPN guide lives under IT, Remote access.'

beforeAll(async () => void (await post(stage, { text: mention('where does the VPN guide live?') })))

/** Grace's question hangs in the middle of its answer, and nobody else's. */
function graceHangs(): void {
  stage.streamFaults = ({ args }) => (JSON.stringify(args.messages).includes('laptops') ? { afterDeltas: 5, ending: 'silence' } : undefined)
}

function invocationOf(ts: string) {
  return stage.stack.lambda.invocations.find(
    ({ payload, outcome, functionName }) =>
      functionName === 'vera-answer' && outcome === 'running' && (payload as { ts?: string }).ts === ts,
  )
}

test('two turns at once run in two processes; a killed one leaves the other alone, and is apologized for', async () => {
  const { slack, lambda, calls } = stage.stack
  graceHangs()
  const before = calls.all.length
  const hanging = called(stage, (call: Call) => call.method === 'chat.appendStream')
  const grace = slack.post({ channel: 'C00GENERAL', user: 'U00GRACE', text: mention('How often are laptops replaced?') })
  await hanging

  const answered = called(stage, (call) => call.method === 'chat.stopStream')
  const ada = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: mention('where does the VPN guide live?') })
  const busy = called(stage, (call) => call.method === 'ConverseStream', 'begun')
  await busy
  const graces = invocationOf(grace.ts)
  const adas = invocationOf(ada.ts)
  expect(graces?.pid).toBeGreaterThan(0)
  expect(adas?.pid).toBeGreaterThan(0)
  expect(graces?.pid).not.toBe(adas?.pid)
  if (graces) lambda.kill(graces.requestId)
  await answered
  await stage.stack.settled()

  expect(graces?.outcome).toBe('killed')
  expect(seen(stage.stack, 'C00GENERAL', ada.ts, ada.ts, before).text).toContain(ANSWER)

  // Its record arrived at the other function, which ended the stream that was left open.
  const { text, replies } = seen(stage.stack, 'C00GENERAL', grace.ts, grace.ts, before)
  expect(text).toContain('Something went wrong on my side while I was working on this')
  expect(text).toContain(`(Reference: ${graces?.requestId.slice(0, 8)})`)
  expect(replies[0]?.streaming).toBe('completed')
  expect(slack.session('C00GENERAL', grace.ts)).toBe('active')
  const apology = lambda.invocations.find(({ functionName }) => functionName === 'vera-apologize')
  const records = apology?.payload as { Records: { body: string }[] } | undefined
  const record = JSON.parse(records?.Records[0]?.body ?? '{}')
  expect(record).toMatchObject({
    requestContext: { requestId: graces?.requestId, condition: 'RetriesExhausted' },
    requestPayload: { kind: 'turn', ts: grace.ts },
  })
})

test('where no stream is open any more, the apology is a message of its own', async () => {
  const { slack, lambda, calls } = stage.stack
  graceHangs()
  stage.faults = ({ method }) =>
    method === 'chat.startStream' ? { kind: 'answer', status: 200, body: '{"ok":false,"error":"channel_type_not_supported"}' } : undefined
  const before = calls.all.length
  const asked = called(stage, (call) => call.method === 'ConverseStream', 'begun')
  const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00GRACE', text: mention('How often are laptops replaced?') })
  await asked
  const running = invocationOf(ts)
  if (running) lambda.kill(running.requestId)
  await stage.stack.settled()
  const { text, writes } = seen(stage.stack, 'C00GENERAL', ts, ts, before)
  expect(text).toContain('Something went wrong on my side while I was working on this')
  expect(writes).toEqual(['chat.startStream', 'chat.postMessage'])
})

test('an apology that Slack does not take is tried again until it does', async () => {
  const { slack, lambda, calls } = stage.stack
  graceHangs()
  let refusals = 1
  stage.faults = ({ method }) => (method === 'chat.stopStream' && refusals-- > 0 ? { kind: 'answer', status: 500 } : undefined)
  const before = calls.all.length
  const hanging = called(stage, (call) => call.method === 'chat.appendStream')
  const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00GRACE', text: mention('How often are laptops replaced?') })
  await hanging
  const running = invocationOf(ts)
  if (running) lambda.kill(running.requestId)
  await stage.stack.settled()
  expect(seen(stage.stack, 'C00GENERAL', ts, ts, before).text.split('Something went wrong')).toHaveLength(2)
  expect(lambda.deadLetters).toEqual([])
})
