import { expect, test } from 'vitest'
import { RateLimited, unwrap } from '../../../backend/slack/api/write-result.ts'
import type { Fault } from '../../../playground/calls.ts'
import { openSlackStage } from './slack-stage.ts'

const answer = (body: string, status = 200): Fault => ({ kind: 'answer', status, body })
const ok = (error: string): Fault => answer(JSON.stringify({ ok: false, error }))

test.each<[string, Fault | undefined, object]>([
  ['Slack carries out is done', undefined, { outcome: 'done' }],
  [
    'Slack refuses is refused, with its code',
    ok('not_in_channel'),
    { outcome: 'refused', code: 'not_in_channel' },
  ],
  [
    'Slack answers by a 429 waits as long as that says',
    { ...answer('{"ok":false,"error":"ratelimited"}', 429), headers: { 'retry-after': '7' } } as Fault,
    { outcome: 'wait', waitMs: 7_000 },
  ],
  ['Slack limits without a 429 waits a second', ok('rate_limited'), { outcome: 'wait', waitMs: 1_000 }],
  ['Slack may have carried out in part is unknown', ok('internal_error'), { outcome: 'unknown' }],
  ['a proxy answers is unknown', answer('<html>a proxy</html>'), { outcome: 'unknown' }],
  ['the server fails is unknown', answer('', 502), { outcome: 'unknown' }],
  ['the network cuts off is unknown', { kind: 'cut' }, { outcome: 'unknown' }],
  ['Slack answers without a ts is unknown', answer('{"ok":true}'), { outcome: 'unknown' }],
])('a post that %s', async (_, fault, result) => {
  const { client, calls } = await openSlackStage({ faults: () => () => fault })
  const posted = await client.createMessage(({ chat }) =>
    chat.postMessage({ channel: 'C00GENERAL', text: 'hello' }),
  )
  expect(posted).toMatchObject(result)
  expect(calls.all).toHaveLength(1)
})

test('a write that must wait throws RateLimited if its value is demanded', () => {
  expect(() => unwrap({ outcome: 'wait', waitMs: 7_000 })).toThrow(new RateLimited(7_000))
})
