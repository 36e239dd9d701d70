import { globSync, readFileSync } from 'node:fs'
import { AwsClient } from 'aws4fetch'
import { expect, test } from 'vitest'
import type { Handoff, Turn } from '../../backend/handoff.ts'
import { openStage, seen } from './stage.ts'

const stage = openStage()
const FIXTURES = globSync('test/fixtures/handoffs/*/*.json').map((path) => ({
  path,
  handoff: JSON.parse(readFileSync(path, 'utf8')) as Handoff,
}))
const TURNS = FIXTURES.flatMap(({ path, handoff }) => (handoff.kind === 'turn' ? [{ path, turn: handoff }] : []))
const OTHERS = FIXTURES.filter(({ handoff }) => handoff.kind !== 'turn')

/** What the edge does, by hand: a handoff as it may lie in a queue for a day, and come from an older release. */
async function invoke(handoff: unknown): Promise<void> {
  const { credentials, lambda } = stage.stack
  const { accessKeyId = '', secretAccessKey = '', function: name = '' } = credentials
  const aws = new AwsClient({ accessKeyId, secretAccessKey, region: 'us-east-1', service: 'lambda', retries: 0 })
  const response = await aws.fetch(`${lambda.origin}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': 'Event' },
    body: JSON.stringify(handoff),
  })
  expect(response.status).toBe(202)
  await stage.stack.settled()
}

/** The turn, about a message that is there. A message of nobody's interest, so that Slack's own events hand off nothing. */
function about(turn: Turn): Turn {
  const { ts } = stage.stack.slack.post({ channel: turn.channel, user: turn.userId, text: 'a question' })
  return { ...turn, ts, threadTs: ts, id: `${turn.appId}:${turn.teamId}:${turn.channel}:${ts}` }
}

function lastInvocation() {
  return stage.stack.lambda.invocations.findLast(({ functionName }) => functionName === 'vera-answer')
}

test.each(TURNS)('a turn of an earlier release is answered: $path', async ({ turn }) => {
  const handoff = about(turn)
  const before = stage.stack.calls.all.length
  await invoke(handoff)
  expect(seen(stage.stack, handoff.channel, handoff.threadTs, handoff.ts, before).text).toContain('The VPN guide lives under IT')
})

test('there is a fixture of every other kind', () => {
  expect(new Set(OTHERS.map(({ handoff }) => handoff.kind))).toEqual(new Set(['command', 'stop', 'feedback', 'retry']))
})

test.each(OTHERS)('what the backend does not do yet is taken without failing, and leads to no call: $path', async ({ handoff }) => {
  const before = stage.stack.calls.all.length
  await invoke(handoff)
  const invocation = lastInvocation()
  expect([invocation?.payload, invocation?.outcome]).toEqual([handoff, 'succeeded'])
  const asked = stage.stack.calls.all.slice(before).map(({ method }) => method)
  expect(asked.filter((method) => method !== 'GetSecretValue')).toEqual(['Invoke'])
})

test.each(['teamId', 'appId'] as const)(
  'a handoff with another %s is refused without a call to Slack, and claims nothing',
  async (field) => {
    const [fixture] = TURNS
    if (!fixture) throw new Error('There is no turn among the fixtures.')
    const handoff = about(fixture.turn)
    await stage.stack.settled()
    const before = stage.stack.calls.all.length
    await invoke({ ...handoff, [field]: 'X00OTHER' })
    const asked = stage.stack.calls.all.slice(before).map(({ method }) => method)
    expect(asked.filter((method) => method !== 'GetSecretValue')).toEqual(['Invoke'])
  },
)

test('something that is no handoff fails, and its record is kept', async () => {
  const { lambda } = stage.stack
  await invoke({ kind: 'unheard of' })
  expect(lastInvocation()?.outcome).toBe('failed')
  expect(lambda.deadLetters).toHaveLength(1)
})
