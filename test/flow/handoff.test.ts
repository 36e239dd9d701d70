import { globSync, readFileSync } from 'node:fs'
import { AwsClient } from 'aws4fetch'
import { expect, test } from 'vitest'
import type { Handoff } from '../../backend/handoff.ts'
import { openStage, seen } from './stage.ts'

const stage = openStage()
const FIXTURES = globSync('test/fixtures/handoffs/*/*.json')

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

/** The fixture, about a message that is there. A message of nobody's interest, so that Slack's own events hand off nothing. */
function about(path: string): Handoff {
  const handoff = JSON.parse(readFileSync(path, 'utf8')) as Handoff
  const { ts } = stage.stack.slack.post({ channel: handoff.channel, user: handoff.userId, text: 'a question' })
  return { ...handoff, ts, threadTs: ts, id: `${handoff.appId}:${handoff.teamId}:${handoff.channel}:${ts}` }
}

test.each(FIXTURES)('a handoff of an earlier release is answered: %s', async (path) => {
  const handoff = about(path)
  const before = stage.stack.calls.all.length
  await invoke(handoff)
  expect(seen(stage.stack, handoff.channel, handoff.threadTs, handoff.ts, before).text).toContain('The VPN guide lives under IT')
})

test.each(['teamId', 'appId'] as const)(
  'a handoff with another %s is refused without a call to Slack, and claims nothing',
  async (field) => {
    const [path = ''] = FIXTURES
    const handoff = about(path)
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
  expect(lambda.invocations.findLast(({ functionName }) => functionName === 'vera-answer')?.outcome).toBe('failed')
  expect(lambda.deadLetters).toHaveLength(1)
})
