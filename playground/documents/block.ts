/** A piece of a page that is kept whole where it fits into a passage. Its text is Markdown, or reads as such. */
export type Block = Heading | { kind: 'prose' | 'code' | 'table'; text: string }

export interface Heading {
  kind: 'heading'
  depth: number
  text: string
  /** The id of the heading in the page; the cited URL ends in it. */
  slug: string
}

/** What a file says, whatever its format. */
export interface ParsedFile {
  title?: string | undefined
  /** Where the page stands on the web, when it says so itself. */
  url?: string | undefined
  /** As written in the file; not yet checked to be a date. */
  updated?: string | undefined
  blocks: Block[]
  /** The page as HTML in which nothing can run: raw HTML of the file is not in it. */
  render(): string
}

/**
 * Makes the ids of one page's headings as GitHub does: lower case, punctuation dropped, spaces to hyphens, and
 * `-1`, `-2`, … after those that are taken. A heading of punctuation alone becomes `section`.
 */
export function createSlugger(): (heading: string) => string {
  const taken = new Set<string>()
  return (heading) => {
    const slug =
      heading
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
        .replaceAll(' ', '-') || 'section'
    let free = slug
    for (let n = 1; taken.has(free); n++) free = `${slug}-${n}`
    taken.add(free)
    return free
  }
}

/** Code between fences that are longer than any run of backticks inside it. */
export function fence(code: string, language = ''): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/`+/g), ([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  return `${mark}${language}\n${code.replace(/\n+$/, '')}\n${mark}`
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
