import type { Clock } from '../clock.ts'
import type { SlackLimits } from './limits.ts'

export const SESSION_STATUSES = ['active', 'processing', 'suspended', 'closed'] as const
export type SessionStatus = (typeof SESSION_STATUSES)[number]

export interface Session {
  status: SessionStatus
  title: string
}

export interface Sessions {
  get(channel: string, threadTs: string): Session | undefined
  /** Creates the session or changes its status. Uses the title only when it creates one. */
  set(channel: string, threadTs: string, status: SessionStatus, title?: string): Session
  rename(channel: string, threadTs: string, title: string): void
  /** Sets the text of assistant.threads.setStatus. An empty text removes it. */
  say(channel: string, threadTs: string, words: string): void
  /** That text, while it is shown. */
  said(channel: string, threadTs: string): string
}

/** Agent sessions, one per thread (docs.slack.dev/ai/agent-sessions). */
export function createSessions({ clock, limits }: { clock: Clock; limits: SlackLimits }): Sessions {
  const sessions = new Map<string, Session & { since: number }>()
  const words = new Map<string, { words: string; since: number }>()
  const key = (channel: string, threadTs: string) => `${channel}:${threadTs}`

  function get(channel: string, threadTs: string) {
    const session = sessions.get(key(channel, threadTs))
    if (session?.status === 'processing' && clock.now() - session.since >= limits.processingMs)
      session.status = 'active'
    return session
  }

  return {
    get,
    set(channel, threadTs, status, title = '') {
      const session = { title: get(channel, threadTs)?.title ?? title, status, since: clock.now() }
      sessions.set(key(channel, threadTs), session)
      return session
    },
    rename(channel, threadTs, title) {
      const session = get(channel, threadTs)
      if (session) session.title = title
    },
    say: (channel, threadTs, said) =>
      void words.set(key(channel, threadTs), { words: said, since: clock.now() }),
    said(channel, threadTs) {
      const said = words.get(key(channel, threadTs))
      return said && clock.now() - said.since < limits.assistantStatusMs ? said.words : ''
    },
  }
}
