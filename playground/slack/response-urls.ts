import type { Clock } from '../clock.ts'
import { type Block, checkBlocks, isObject } from './blocks.ts'
import { byApp } from './chat.ts'
import type { SlackLimits } from './limits.ts'
import type { Message, Messages } from './messages.ts'
import { Refusal } from './refusal.ts'
import type { SlackResponse } from './server.ts'

/**
 * The context of a response_url: the person who pressed or typed, the channel, and the message with the
 * button.
 */
export interface ResponseTarget {
  channel: string
  user: string
  message?: Message
}

export interface ResponseUrls {
  issue(target: ResponseTarget): string
  /** Carries out one POST to `path`. `used_url` and `expired_url` are HTTP 404. */
  use(path: string, body: string): SlackResponse
}

/**
 * Issues and serves response URLs of buttons and commands
 * (docs.slack.dev/interactivity/handling-user-interaction#message_responses).
 */
export function createResponseUrls(options: {
  clock: Clock
  limits: SlackLimits
  messages: Messages
  origin: string
}): ResponseUrls {
  const { clock, limits, messages, origin } = options
  const issued = new Map<string, ResponseTarget & { at: number; uses: number }>()

  function answer({ channel, user, message }: ResponseTarget, body: Record<string, unknown>) {
    if (body.delete_original === true && message) {
      message.deleted = true
      messages.changed(message)
      return
    }
    // Slack does not read markdown_text here (measured in @chat-adapter/slack 4.41).
    const text = typeof body.text === 'string' ? body.text : undefined
    const blocks: Block[] = Array.isArray(body.blocks) ? checkBlocks(body.blocks) : []
    if (!text && blocks.length === 0) throw new Refusal('no_text')
    if (body.replace_original === true && message) {
      Object.assign(message, { ...(text !== undefined && { text }), blocks })
      messages.changed(message)
      return
    }
    const threadTs = typeof body.thread_ts === 'string' ? body.thread_ts : message?.threadTs
    const everybody = body.response_type === 'in_channel'
    const place = { channel, ...(threadTs && { threadTs }), ...(everybody ? {} : { ephemeralTo: user }) }
    messages.add({ ...byApp, ...place, text: text ?? '', blocks, files: [], broadcast: false })
  }

  return {
    issue(target) {
      const path = `/actions/fake/${issued.size + 1}`
      issued.set(path, { ...target, at: clock.now(), uses: 0 })
      return `${origin}${path}`
    },
    use(path, body) {
      const target = issued.get(path)
      if (!target || clock.now() - target.at > limits.responseUrlMs) return refuse(404, 'expired_url')
      if (target.uses >= limits.responseUrlUses) return refuse(404, 'used_url')
      const said = parse(body)
      if (!isObject(said)) return refuse(400, 'invalid_payload')
      target.uses += 1
      try {
        answer(target, said)
        return { status: 200, body: JSON.stringify({ ok: true }) }
      } catch (error) {
        if (error instanceof Refusal) return refuse(200, error.code)
        throw error
      }
    },
  }
}

const refuse = (status: number, error: string): SlackResponse => ({
  status,
  error,
  body: JSON.stringify({ ok: false, error }),
})

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
