import type { SectionBlock } from '@slack/types'
import { hrefOf } from '../../markdown/address.ts'
import { escapeMrkdwn } from '../../prompt/mrkdwn.ts'
import { oneLine } from '../../prompt/page.ts'
import type { NumberedPassage } from '../../prompt/passage.ts'

/** Slack's limit for a section: https://docs.slack.dev/reference/block-kit/blocks/section-block */
const SECTION_LIMIT_CHARS = 3_000

/** Links to the pages that the answer cites, one line a page; no block if it cites none. */
export function sourceBlocks(cited: readonly NumberedPassage[]): SectionBlock[] {
  if (cited.length === 0) return []
  let text = '*Sources*'
  for (const page of pagesOf(cited)) {
    const line = [lineOf(page), lineOf(page, 'without address')].find(
      (one) => text.length + 1 + one.length <= SECTION_LIMIT_CHARS,
    )
    if (line !== undefined) text += `\n${line}`
  }
  // With `verbatim` Slack makes no mention, channel or link of a title.
  return [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }]
}

interface CitedPage {
  numbers: number[]
  title: string
  base: string
  href: string | undefined
  updated: string | undefined
}

/** Passages of one page share an address, or a title if the store has no addresses. The newest date counts. */
function pagesOf(cited: readonly NumberedPassage[]): CitedPage[] {
  const pages = new Map<string, CitedPage>()
  for (const { number, title, base, url, updated } of cited) {
    const href = url === undefined ? undefined : hrefOf(url)
    const key = href ?? JSON.stringify([base, title])
    const page = pages.get(key)
    if (!page) pages.set(key, { numbers: [number], title, base, href, updated })
    else {
      page.numbers.push(number)
      if ((updated ?? '') > (page.updated ?? '')) page.updated = updated
    }
  }
  return [...pages.values()]
}

function lineOf({ numbers, title, base, href, updated }: CitedPage, address?: 'without address'): string {
  const name = field(title) || field(base)
  const link = href === undefined || address ? name : `<${field(href)}|${name}>`
  return `${numbers.join(', ')}. ${[link, field(base), field(updated ?? '')].filter(Boolean).join(' · ')}`
}

/** The only way of metadata into a source: as data on one line. A `|` would end the address of a link. */
function field(value: string): string {
  return escapeMrkdwn(oneLine(value)).replaceAll('|', '¦')
}
