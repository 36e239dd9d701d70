import { marked } from 'marked'
import { hrefOf } from '../../../backend/markdown/address.ts'

/** Where the links and images of a Markdown text lead, as GitHub's Markdown has them. */
export function liveAddresses(markdown: string): string[] {
  const html = marked.parse(markdown, { gfm: true, async: false })
  return [...html.matchAll(/(?:href|src)="([^"]*)"/g)].flatMap(([, target = '']) => {
    const address = target
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
    return address.startsWith('mailto:') ? [] : (hrefOf(address) ?? address)
  })
}
