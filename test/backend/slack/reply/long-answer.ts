import { randomOf } from '../../../random.ts'

const LINK = 'https://wiki.fernwood.example/it/remote-access#vpn'

/** The addresses that the answer may link to. */
export const LINKS = new Set([LINK])

/**
 * An answer of at least `characters` with everything that is hard to cut: paragraphs, lists, links, mentions,
 * emoji of many code points, code blocks and tables. The first block and the first table have `rows` lines.
 * Deterministic.
 */
export function longAnswer(characters: number, rows: number): string {
  const random = randomOf(1)
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const words = (count: number) =>
    Array.from({ length: count }, () =>
      pick([
        'the',
        'gateway',
        'übersetzt',
        '接続',
        '👩‍👩‍👧‍👦',
        'form',
        '𝕏',
        '*often*',
        '`npm ci`',
        '<@U00ADA>',
        `[the guide](${LINK})`,
      ]),
    ).join(' ')
  const code = (lines: number) =>
    `\`\`\`ts\n${Array.from({ length: lines }, (_, n) => `${n % 3 === 0 ? '' : '  '}const line${n} = '${words(2).replaceAll(/[`<>]/g, '')}'`).join('\n')}\n\`\`\`\n\n`
  const table = (rows: number) =>
    `| Who | What 👩‍💻 |\n| --- | --- |\n${Array.from({ length: rows }, (_, n) => `| ${n} | ${words(4)} |`).join('\n')}\n\n`
  const makers = [
    () => `${words(40)}.\n\n`,
    () => `${words(90)}.\n\n`,
    () => `## ${words(3)}\n\n`,
    () => `${Array.from({ length: 6 }, () => `- ${words(8)}`).join('\n')}\n\n`,
    () => code(8),
    () => table(5),
  ]
  let text = `${words(12)}.\n\n${code(rows)}${table(rows)}`
  while (text.length < characters) text += pick(makers)()
  return text.trimEnd()
}

/** Cuts a text into pieces of up to `most` UTF-16 code units each, also in the middle of characters. */
export function deltasOf(text: string, most: number): string[] {
  const random = randomOf(2)
  const deltas: string[] = []
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(random() * most)
    deltas.push(text.slice(at, at + length))
    at += length
  }
  return deltas
}

/**
 * Joins the messages of a reply to one text. At a join, removes the lines that close and reopen a code block
 * and a table's repeated header, if `whole` does not have them there.
 */
export function joined(messages: readonly string[], whole: string): string {
  let text = ''
  for (const [index, message] of messages.entries()) {
    const rest = whole.slice(text.length)
    const opened =
      index > 0
        ? [/^```ts\n/, /^\|.*\|\n\| --- .*\|\n/].find(
            (head) => head.test(message) && !rest.startsWith(message.slice(0, 40)),
          )
        : undefined
    const body = opened ? message.replace(opened, '') : message
    const closed = index < messages.length - 1 && !rest.startsWith(body) && /\n```\n$/.test(body)
    text += closed ? body.replace(/```\n$/, '') : body
  }
  return text
}
