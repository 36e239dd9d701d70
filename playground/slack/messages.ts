import { EventEmitter } from 'node:events'
import type { Clock } from '../clock.ts'
import type { Block } from './blocks.ts'
import type { SlackFile } from './files.ts'
import type { Stream } from './streams.ts'

/** One message as Slack stores it. */
export interface Message {
  channel: string
  ts: string
  /** The root's ts. Not set on a root or on a message outside threads. */
  threadTs?: string
  user: string
  /** Only on messages of apps. */
  bot?: { botId: string; appId: string }
  /** Slack's mrkdwn, escaped. */
  text: string
  /** The Markdown that the app sent, if it did. */
  markdown?: string
  /** Blocks that the app sent. The block of a person's text exists only in the JSON. */
  blocks: readonly Block[]
  attachments?: readonly unknown[]
  files: readonly SlackFile[]
  metadata?: Record<string, unknown>
  edited?: { user: string; ts: string }
  /** Emoji name → ids of the people who chose it, in order. */
  reactions: Map<string, string[]>
  stream?: Stream
  /** A reply that is also shown in the channel. */
  broadcast: boolean
  /** The only person who sees it. */
  ephemeralTo?: string
  clientMsgId?: string
  deleted: boolean
}

export interface Messages {
  /** A ts that is later than all others. */
  nextTs(): string
  add(message: Omit<Message, 'ts' | 'reactions' | 'deleted'>): Message
  /** A message that is not deleted and that everybody in the channel can see. */
  find(channel: string, ts: string): Message | undefined
  /** The root and its replies in ts order, including deleted and ephemeral ones. */
  thread(channel: string, threadTs: string): readonly Message[]
  inChannel(channel: string): readonly Message[]
  /** Must be called after a message was changed. */
  changed(message: Message): void
  watch(listener: (message: Message) => void): () => void
}

/** The messages of one workspace. */
export function createMessages(clock: Clock): Messages {
  const byChannel = new Map<string, Map<string, Message>>()
  const listeners = new EventEmitter<{ changed: [Message] }>()
  listeners.setMaxListeners(0)
  let lastMicroseconds = 0

  function nextTs() {
    lastMicroseconds = Math.max(Math.floor(clock.now() * 1000), lastMicroseconds + 1)
    const seconds = Math.floor(lastMicroseconds / 1_000_000)
    return `${seconds}.${String(lastMicroseconds % 1_000_000).padStart(6, '0')}`
  }

  const inChannel = (channel: string) => [...(byChannel.get(channel)?.values() ?? [])]
  return {
    nextTs,
    inChannel,
    add(given) {
      const message: Message = { ...given, ts: nextTs(), reactions: new Map(), deleted: false }
      const channel = byChannel.get(message.channel) ?? new Map<string, Message>()
      byChannel.set(message.channel, channel.set(message.ts, message))
      listeners.emit('changed', message)
      return message
    },
    find(channel, ts) {
      const message = byChannel.get(channel)?.get(ts)
      return message?.deleted || message?.ephemeralTo ? undefined : message
    },
    thread: (channel, threadTs) =>
      inChannel(channel).filter(({ ts, threadTs: root }) => ts === threadTs || root === threadTs),
    changed: (message) => void listeners.emit('changed', message),
    watch(listener) {
      listeners.on('changed', listener)
      return () => void listeners.off('changed', listener)
    },
  }
}
