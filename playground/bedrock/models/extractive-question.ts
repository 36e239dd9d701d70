import type { ConverseRequest, Message } from '../converse-request.ts'

/**
 * A text that may be quoted. A passage has a `number`. Anything else was said in the conversation, by `who`.
 */
export interface Source {
  text: string
  title: string
  number?: number
  who?: string
}

export interface Question {
  text: string
  /** Undefined if the request has no <passages>. */
  passages: Source[] | undefined
  conversation: Source[]
}

const PASSAGES = /<passages>([\s\S]*?)<\/passages>/g
const READABLE_FORMATS = new Set(['txt', 'md', 'csv', 'html'])

/**
 * Reads the question from a request: the last text of the last user message, the passages next to it, and the
 * conversation before it.
 */
export function readQuestion({ messages }: ConverseRequest): Question {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const texts = messages[last] ? textsOf(messages[last]) : []
  const inner = texts.join('\n').match(PASSAGES)
  const asked = (texts.at(-1) ?? '').replace(PASSAGES, '')
  const beside = texts.slice(0, -1).map((text) => text.replace(PASSAGES, ''))
  return {
    text: plain(withoutTags(asked)),
    passages: inner?.flatMap(readPassages),
    conversation: [
      ...messages
        .slice(0, Math.max(last, 0))
        .flatMap((message) => textsOf(message).flatMap((text) => readSpeech(text, message.role))),
      ...beside.flatMap((text) => readSpeech(text, 'user')),
      ...messages.flatMap(readDocuments),
    ],
  }
}

const textsOf = ({ content }: Message) =>
  content.flatMap(({ text, guardContent }) => guardContent?.text.text ?? text ?? [])

function readPassages(xml: string): Source[] {
  return [...xml.matchAll(/<passage\b([^>]*)>([\s\S]*?)<\/passage>/g)].map(
    ([, attributes = '', text = ''], i) => {
      const given = Object.fromEntries(
        [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, plain(value ?? '')]),
      )
      return { text: plain(text), title: given.title ?? '', number: Number(given.number ?? i + 1) }
    },
  )
}

/** Finds who spoke: `<message from="Ada">…</message>`, or a line that starts with `Ada: `. */
function readSpeech(text: string, role: Message['role']): Source[] {
  const someone = role === 'assistant' ? 'The assistant' : 'Somebody'
  const tagged = [...text.matchAll(/<(\w+)\b[^>]*\bfrom="([^"]*)"[^>]*>([\s\S]*?)<\/\1>/g)]
  const rest = withoutTags(tagged.reduce((left, [whole]) => left.replace(whole, ''), text))
  const lines = rest.split('\n').map((line) => {
    const [, who, said] = /^(\p{Lu}[\p{L}\p{M}.' -]{0,40}):\s+(.*)$/u.exec(line) ?? []
    return { text: plain(said ?? line), title: '', who: said === undefined ? someone : (who ?? someone) }
  })
  return [
    ...tagged.map(([, , who = someone, said = '']) => ({ text: plain(said), title: '', who: plain(who) })),
    ...lines,
  ]
}

function readDocuments({ content }: Message): Source[] {
  return content.flatMap(({ document }) => {
    if (!document) return []
    const { bytes, text, content: parts } = document.source
    const readable = document.format === undefined || READABLE_FORMATS.has(document.format)
    const read =
      text ??
      parts?.map((part) => part.text).join('\n') ??
      (bytes !== undefined && readable ? Buffer.from(bytes, 'base64').toString('utf8') : '')
    return [{ text: read, title: document.name, who: `The file ${document.name}` }]
  })
}

const withoutTags = (text: string) => text.replace(/<\/?[a-z]+(?:\s[^>]*)?>|<[@#!][^>]*>/g, '').trim()

function plain(xml: string) {
  return xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&apos;|&#39;/g, "'")
    .replaceAll('&amp;', '&')
}
