import { refuseWith } from '../../playground/bedrock/refusal.ts'
import type { StreamFault } from '../../playground/bedrock/stream-fault.ts'
import type { Call, Fault } from '../../playground/calls.ts'

type Random = () => number

const ASKS_TO_WAIT: Fault = {
  kind: 'answer',
  status: 429,
  headers: { 'retry-after': '1' },
  body: '{"ok":false,"error":"ratelimited"}',
}

/**
 * Shares of Slack's calls: told to wait, answered with a 5xx or not at all, and appends whose stream has
 * expired.
 */
const SLACK = { waits: 0.05, lost: 0.06, expired: 0.02 }
/** The share of calls without an answer that Slack or DynamoDB carried out all the same. */
const CARRIED_OUT = 1 / 3
const DYNAMO_LOST = 0.1
const BEDROCK = { busy: 0.1, broken: 0.05, brokenStream: 0.05 }

function lost(random: Random): Fault {
  const carriedOut = random() < CARRIED_OUT
  return random() < 0.5 ? { kind: 'cut', carriedOut } : { kind: 'answer', status: 502, carriedOut }
}

/** The fault of a call to Slack or DynamoDB, if any. `expire` ends the stream that an append writes to. */
export function passingFault(
  call: Readonly<Call>,
  random: Random,
  expire: (channel: string, ts: string) => void,
): Fault | undefined {
  const chance = random()
  if (call.to === 'dynamo')
    return chance < DYNAMO_LOST ? { ...BROKEN_TABLE, carriedOut: random() < CARRIED_OUT } : undefined
  if (call.to !== 'slack') return undefined
  if (chance < SLACK.waits) return ASKS_TO_WAIT
  if (chance < SLACK.waits + SLACK.lost) return lost(random)
  if (call.method === 'chat.appendStream' && chance < SLACK.waits + SLACK.lost + SLACK.expired) {
    expire(String(call.args.channel), String(call.args.ts))
  }
  return undefined
}

const BROKEN_TABLE = {
  kind: 'answer',
  status: 500,
  body: '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}',
} as const

/** The fault of a call to the model or a knowledge base before it answers, if any. */
export function bedrockFault(call: Readonly<Call>, random: Random): Fault | undefined {
  if (call.to !== 'bedrock') return undefined
  const chance = random()
  if (chance < BEDROCK.busy) return refuseWith('ThrottlingException', 'Too many requests.')
  return chance < BEDROCK.busy + BEDROCK.broken ? refuseWith('InternalServerException', 'Broken.') : undefined
}

/** The fault in the middle of a streamed answer, if any. */
export function streamFault(random: Random): StreamFault | undefined {
  if (random() >= BEDROCK.brokenStream) return undefined
  const afterDeltas = Math.floor(random() * 60)
  return random() < 0.5
    ? { afterDeltas, ending: { exception: 'modelStreamErrorException', message: 'Broken.' } }
    : { afterDeltas, ending: 'reset' }
}
