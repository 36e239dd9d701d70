import { contactOf, contactsIn } from './contact.ts'

/** Ends an address in running text: white space, markup, and punctuation that no address holds unescaped. */
export const ADDRESS_CHARS = String.raw`[^\s<>"\x60|\\^{}[\]。，、；：！？「」『』（）【】《》“”„«»…]`
const HTTP_ADDRESS = new RegExp(`https?://${ADDRESS_CHARS}+`, 'gi')

/**
 * Every http(s) address, mail address and telephone number in a text, in the spelling of `hrefOf`: with and
 * without brackets at its end, and as it reads once Slack's or HTML's escapes and Markdown's are undone.
 */
export function addressesIn(text: string): string[] {
  const readings = new Set([text, withoutEntities(text), withoutBackslashes(withoutEntities(text))])
  return [...readings].flatMap((reading) => [
    ...contactsIn(reading),
    ...[...reading.matchAll(HTTP_ADDRESS)].flatMap(([address]) => {
      const bare = address.replace(/[.,;:!?'*_~]+$/, '')
      return [bare, bare.replace(/\)+$/, '')].flatMap((spelling) => hrefOf(spelling) ?? [])
    }),
  ])
}

/** The readings of an address that a model wrote, each in the one spelling. */
export function hrefsOf(url: string): string[] {
  const readings = new Set([withoutEntities(url), url, withoutBackslashes(url)])
  return [...readings].flatMap((reading) => hrefOf(reading) ?? contactOf(reading) ?? [])
}

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#38': '&',
  '#x26': '&',
  '#39': "'",
}

export function withoutEntities(text: string): string {
  return text.replace(
    /&(amp|lt|gt|quot|#38|#39|#x26);/gi,
    (all, name: string) => ENTITIES[name.toLowerCase()] ?? all,
  )
}

function withoutBackslashes(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

/** Characters that end an address in Markdown or in Slack's `<url|label>`, or that a backslash can escape. */
const MARKUP = /[\s\\()<>"`|[\]]/g

/**
 * An http(s) address in the one spelling that Markdown, Slack and browsers read alike; undefined for any
 * other address. Browsers read a backslash as a slash and Markdown reads it as an escape, so we check and
 * write the same spelling.
 */
export function hrefOf(url: string): string | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  const { href, origin, username, password } = new URL(url)
  if (username !== '' || password !== '') return undefined
  const path = href.slice(origin.length)
  return (
    origin +
    path
      .replace(/%[\da-f]{2}/gi, withoutNeedlessEscape)
      .replace(MARKUP, percentEncoded)
      // Markdown decodes entities in an address too.
      .replace(/&(#?\w+);/g, '&$1%3B')
  )
}

/** `%7e` and `~` are one address. https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2 */
function withoutNeedlessEscape(escaped: string): string {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
  return /[\w.~-]/.test(character) ? character : escaped.toUpperCase()
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
