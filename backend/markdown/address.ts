/** Every http(s) address in a text, in the spelling of `hrefOf`, with and without brackets at its end. */
export function addressesIn(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"`|\\^{}[\]]+/gi)].flatMap(([address]) => {
    const bare = address.replace(/[.,;:!?'*_~]+$/, '')
    return [bare, bare.replace(/\)+$/, '')].flatMap((spelling) => hrefOf(spelling) ?? [])
  })
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
  // Markdown decodes entities in an address too.
  return origin + path.replace(MARKUP, percentEncoded).replace(/&(#?\w+);/g, '&$1%3B')
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
