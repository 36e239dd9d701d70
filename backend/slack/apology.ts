import { isNotStreaming, type Slack } from './web-api.ts'

/** Writing into a thread on behalf of a process that is gone. */
export function createApology(slack: Slack) {
  return {
    /** False where Slack says that nothing is streaming there. Throws what else it says. */
    async endStream({ channel, replyTs }: { channel: string; replyTs: string }, markdown: string): Promise<boolean> {
      try {
        await slack.write((client) => client.chat.stopStream({ channel, ts: replyTs, chunks: [{ type: 'markdown_text', text: markdown }] }))
        return true
      } catch (error) {
        if (isNotStreaming(error)) return false
        throw error
      }
    },
    async post({ channel, threadTs }: { channel: string; threadTs: string }, markdown: string): Promise<void> {
      await slack.write((client) =>
        client.chat.postMessage({ channel, thread_ts: threadTs, markdown_text: markdown, unfurl_links: false, unfurl_media: false }),
      )
    },
  }
}
