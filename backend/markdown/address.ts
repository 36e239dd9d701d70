/** Every http(s) address in a text, in the one spelling that they are compared and written in. */
export function addressesIn(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"`|\\^{}[\]]+/gi)].flatMap(([address]) => {
    const bare = address.replace(/[.,;:!?'*_~]+$/, '')
    return [bare, bare.replace(/\)+$/, '')].flatMap((spelling) => hrefOf(spelling) ?? [])
  })
}

/** Characters that end an address in Markdown, or in Slack's `<url|label>`, or that a backslash may stand before. */
const SPECIAL = /[\s\\()<>"`|[\]]/g

/**
 * An http(s) address in the one spelling that Markdown, Slack and a browser all read alike; undefined for any other.
 * Browsers take a backslash for a slash, Markdown for an escape: what is checked has to be what is written.
 */
export function hrefOf(url: string): string | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  const { href, origin, username, password } = new URL(url)
  if (username !== '' || password !== '') return undefined
  const path = href.slice(origin.length)
  // Markdown decodes entities in an address too.
  return origin + path.replace(SPECIAL, percent).replace(/&(#?\w+);/g, '&$1%3B')
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
