/** A piece of a page that stays whole if it fits into a passage. Its text is Markdown or reads like it. */
export type Block = Heading | { kind: 'prose' | 'code' | 'table'; text: string }

export interface Heading {
  kind: 'heading'
  depth: number
  text: string
  /** The id of the heading in the page. The cited URL ends in it. */
  slug: string
}

/** The content of a file, whatever its format. */
export interface ParsedFile {
  title?: string | undefined
  /** The page's address on the web, if the file gives one. */
  url?: string | undefined
  /** As written in the file, not checked to be a date. */
  updated?: string | undefined
  blocks: Block[]
  /** The page as HTML without anything that can run: raw HTML of the file is not in it. */
  render(): string
}

/**
 * Makes the ids of one page's headings as GitHub does: lower case, no punctuation, hyphens for spaces, and
 * `-1`, `-2`, … if the id is taken. A heading of punctuation only becomes `section`.
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

/** Puts code between fences that are longer than any run of backticks in it. */
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
