import { marked } from 'marked'
import { hrefOf } from '../../../backend/markdown/address.ts'

/** The addresses of the links and images in a Markdown text, as `marked` reads GitHub's Markdown. */
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
