import type { ChatPostMessageArguments, WebClient } from '@slack/web-api'
import type { Slack } from './client.ts'
import type { WriteResult } from './write-result.ts'

/**
 * Posts into a thread and gives the ts. If the thread's first message was deleted, Slack can post at the
 * channel's root instead and call it a success (slack-go#1571). We delete such a post, and the result is the
 * refusal that Slack should have given.
 */
export async function postInThread(
  slack: Slack,
  message: ChatPostMessageArguments & { thread_ts: string },
): Promise<WriteResult<string>> {
  let isStray = false
  const posted = await slack.createMessage(async (client: WebClient) => {
    const response = await client.chat.postMessage(message)
    isStray = response.message !== undefined && response.message.thread_ts === undefined
    return response
  })
  if (posted.outcome !== 'done' || !isStray) return posted
  await slack.mutate((client) => client.chat.delete({ channel: message.channel, ts: posted.value }))
  const code = 'thread_not_found'
  return { outcome: 'refused', code, error: new Error(code) }
}
