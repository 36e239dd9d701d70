import { describe, expect, test } from 'vitest'
import type { Call } from '../../playground/calls.ts'
import { eventually } from '../eventually.ts'
import {
  ANSWER,
  BROKEN,
  CRASHING,
  claimToken,
  faultOn,
  isClaim,
  logged,
  openStage,
  post,
  rateLimited,
  untilCall,
} from './flow-stage.ts'
import { speaking, speakingUntil } from './models.ts'

/** Tells the claims of every invocation but the first. */
function losingClaims(): (call: Readonly<Call>) => boolean {
  let first: string | undefined
  return (call) => {
    if (!isClaim(call)) return false
    first ??= claimToken(call)
    return claimToken(call) !== first
  }
}

describe('an event that Lambda delivers twice under one request id', () => {
  const twice = openStage({ deliveries: () => 2 })

  test('is answered once', async () => {
    const { text, calls } = await post(twice, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
    expect(text).toContain(ANSWER)
    expect(calls.filter(({ method }) => method === 'ConverseStream')).toHaveLength(1)
  })

  test('gets no apology if one delivery crashes while the other streams', async () => {
    const { lambda } = twice.stack
    const before = lambda.invocations.length
    const looked = eventually(() =>
      expect(
        lambda.invocations.slice(before).map(({ functionName, outcome }) => `${functionName} ${outcome}`),
      ).toContain('vera-apologize succeeded'),
    )
    twice.model = speakingUntil(looked, 100)
    const isLosing = losingClaims()
    twice.faults = (call) => (isLosing(call) ? CRASHING : undefined)
    const { text, replies } = await post(twice, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
    const invocations = lambda.invocations.slice(before)
    expect(invocations.map(({ functionName, outcome }) => `${functionName} ${outcome}`).sort()).toEqual([
      'vera-answer failed',
      'vera-answer succeeded',
      'vera-apologize succeeded',
    ])
    expect(new Set(invocations.slice(0, 2).map(({ requestId }) => requestId)).size).toBe(1)
    expect(text).toMatch(/^word1 .* end$/)
    expect(replies[0]?.streaming).toBe('completed')
    expect(logged(twice, 'apology').map(({ outcome }) => outcome)).toEqual(['nothing_to_say'])
  })
})

describe('an event that Lambda delivers twice, while one delivery waits for Slack,', () => {
  const twice = openStage({ deliveries: () => 2 })

  test.each(['chat.stopStream', 'conversations.open'])(
    'gets no apology if the other crashes (%s)',
    async (method) => {
      const [turnsBefore, apologiesBefore] = [logged(twice, 'turn').length, logged(twice, 'apology').length]
      twice.model = speaking(3, 0)
      const isLosing = losingClaims()
      const waits = faultOn(method, rateLimited(8), 1)
      // The second claim is refused, so it crashes while the first invocation waits for Slack.
      twice.faults = (call) => (isLosing(call) ? CRASHING : waits(call))
      if (method === 'chat.stopStream')
        await post(twice, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
      else {
        await twice.stack.slack.slashCommand({
          command: '/vera',
          text: 'where?',
          channel: 'C00GENERAL',
          user: 'U00ADA',
        })
        await twice.stack.settled()
      }
      const apologies = logged(twice, 'apology').slice(apologiesBefore)
      expect(apologies.map(({ outcome }) => outcome)).toEqual(['nothing_to_say'])
      const turns = logged(twice, 'turn').slice(turnsBefore)
      expect(turns.map(({ outcome }) => outcome).sort()).toEqual(['answered', 'crashed'])
    },
  )
})

describe('an event that Lambda delivers twice, while the table is down for one delivery,', () => {
  const twice = openStage({ deliveries: () => 2 })

  test('gets an apology in its message if the other crashes, and no text after that', async () => {
    // Two minutes of words: the answer ends early because its process notices the takeover.
    twice.model = speaking(1_200, 100)
    const isLosing = losingClaims()
    let apologized = false
    void untilCall(
      twice,
      ({ method, args }) => method === 'chat.stopStream' && args.chunks !== undefined,
    ).then(() => {
      apologized = true
    })
    twice.faults = (call) => {
      if (isLosing(call)) return CRASHING
      const isPulse = call.method === 'BatchGetItem' && JSON.stringify(call.args).includes('stop#')
      return isPulse && !apologized ? BROKEN : undefined
    }
    const { text, replies, channel, threadTs } = await post(twice, {
      channel: 'D00ADA',
      text: 'where does the VPN guide live?',
    })
    expect(text).toMatch(/^word1 .*Something went wrong on my side/s)
    expect(replies[0]?.streaming).toBe('completed')
    expect(JSON.stringify(replies[0]?.blocks)).toContain('Try again')
    expect(twice.stack.slack.session(channel, threadTs)).toBe('active')
    expect(twice.stack.slack.status(channel, threadTs)).toBe('')
    expect(logged(twice, 'turn').map(({ outcome }) => outcome)).toContain('taken_over')
  })
})
