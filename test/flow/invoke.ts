import { AwsClient } from 'aws4fetch'
import type { Turn } from '../../backend/handoff.ts'
import type { Stage } from './flow-stage.ts'

/** Invokes the function as the edge does, with any handoff, even of an older release, and waits. */
export async function invoke({ stack }: Stage, handoff: unknown): Promise<void> {
  const { accessKeyId = '', secretAccessKey = '', function: name = '' } = stack.credentials
  const aws = new AwsClient({
    accessKeyId,
    secretAccessKey,
    region: 'us-east-1',
    service: 'lambda',
    retries: 0,
  })
  const response = await aws.fetch(
    `${stack.lambda.origin}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    {
      method: 'POST',
      headers: { 'x-amz-invocation-type': 'Event' },
      body: JSON.stringify(handoff),
    },
  )
  if (response.status !== 202) throw new Error(`Lambda answered ${response.status}`)
  await stack.settled()
}

/** A turn for a posted message. The message mentions nobody, so the edge hands nothing off for it. */
export function turnAbout({ stack }: Stage, turn: Partial<Turn> = {}): Turn {
  const { channel = 'C00GENERAL', userId = 'U00ADA', text = 'where does the VPN guide live?' } = turn
  const { ts } = stack.slack.post({ channel, user: userId, text })
  return {
    kind: 'turn',
    teamId: 'T00FAKE',
    appId: 'A00FAKE',
    receivedAt: Date.now(),
    eventId: 'Ev00BYHAND',
    botUserId: 'U00VERA',
    trigger: 'app_mention',
    channelType: 'channel',
    userTeamId: 'T00FAKE',
    slackRetryNum: 0,
    ...turn,
    channel,
    userId,
    text,
    id: `A00FAKE:T00FAKE:${channel}:${ts}`,
    ts,
    threadTs: ts,
  }
}
