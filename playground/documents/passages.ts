import type { StoredPassage } from '../bedrock/knowledge-base.ts'
import type { Block, Heading, ParsedFile } from './block.ts'

/**
 * The longest text of a passage without its heading, in characters: about a screen, and short enough for
 * embedding models to take whole.
 */
const PASSAGE_CHARACTERS = 1_500
/** The longest heading, in characters. A longer one is cut, so that it does not fill the whole passage. */
const HEADING_CHARACTERS = 200

interface Section {
  heading: Heading | undefined
  /** The headings above it and its own, outermost first. */
  trail: string[]
  blocks: Exclude<Block, Heading>[]
  hasChildren: boolean
}

/**
 * Cuts a page into passages: one per section, more if the section is long. Each starts with the section's
 * heading.
 */
export function toPassages(
  file: ParsedFile,
  page: { path: string; title: string; url: string; updated: string },
): StoredPassage[] {
  return sectionsOf(file.blocks)
    .filter(({ blocks, hasChildren }) => blocks.length > 0 || !hasChildren)
    .flatMap((section) => {
      const trail =
        section.trail[0]?.toLowerCase() === page.title.toLowerCase() ? section.trail.slice(1) : section.trail
      const title = [page.title, ...trail].map((heading) => clip(heading)).join(' › ')
      const url =
        section.heading === undefined ? page.url : `${page.url}#${encodeURIComponent(section.heading.slug)}`
      const line =
        section.heading === undefined
          ? ''
          : `${'#'.repeat(section.heading.depth)} ${clip(section.heading.text)}`
      return pack(section.blocks).map((text) => ({ title, url, text: `${line}\n\n${text}`.trim() }))
    })
    .map((passage, n) => ({
      id: `${page.path}#${n + 1}`,
      ...passage,
      updated: page.updated,
      path: page.path,
    }))
}

function sectionsOf(blocks: Block[]): Section[] {
  const intro: Section = { heading: undefined, trail: [], blocks: [], hasChildren: true }
  const sections = [intro]
  let above: Section[] = []
  let section = intro
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      section.blocks.push(block)
      continue
    }
    above = above.filter(({ heading }) => heading !== undefined && heading.depth < block.depth)
    for (const parent of above) parent.hasChildren = true
    section = {
      heading: block,
      trail: [...above.map(({ heading }) => heading?.text ?? ''), block.text],
      blocks: [],
      hasChildren: false,
    }
    above.push(section)
    sections.push(section)
  }
  return sections
}

/** Packs blocks into texts of at most PASSAGE_CHARACTERS. Cuts a block only if it alone is longer. */
function pack(blocks: Exclude<Block, Heading>[]): string[] {
  const texts: string[] = []
  let text = ''
  for (const piece of blocks.flatMap(cut)) {
    if (text !== '' && text.length + piece.length > PASSAGE_CHARACTERS) {
      texts.push(text)
      text = ''
    }
    text = text === '' ? piece : `${text}\n\n${piece}`
  }
  return text !== '' || texts.length === 0 ? [...texts, text] : texts
}

function cut({ kind, text }: Exclude<Block, Heading>): string[] {
  if (text.length <= PASSAGE_CHARACTERS) return [text]
  const lines = text.split('\n')
  // The lines that each piece repeats, so that it still reads as code or as a table.
  const [head, foot] =
    kind === 'code'
      ? [lines.slice(0, 1), lines.slice(-1)]
      : kind === 'table'
        ? [lines.slice(0, headLines(lines)), []]
        : [[], []]
  const room = Math.max(PASSAGE_CHARACTERS - [...head, ...foot].join('\n').length, PASSAGE_CHARACTERS / 2)
  const pieces: string[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const line of lines
    .slice(head.length, lines.length - foot.length)
    .flatMap((line) => cutLine(line, room))) {
    if (length + line.length > room) {
      pieces.push([])
      length = 0
    }
    pieces.at(-1)?.push(line)
    length += line.length + 1
  }
  return pieces.map((body) => [...head, ...body, ...foot].join('\n'))
}

function headLines(table: string[]): number {
  return table.findIndex((line) => /^\s*\|?\s*:?-+/.test(line)) + 1
}

/** Cuts a long line after a sentence, else at a space, else at its full length. */
function cutLine(line: string, room: number): string[] {
  const pieces: string[] = []
  let rest = line
  while (rest.length > room) {
    const full = rest.slice(0, room)
    const sentence = Math.max(...['. ', '! ', '? ', '。'].map((end) => full.lastIndexOf(end)))
    const at =
      sentence > room / 2
        ? sentence + 1
        : full.lastIndexOf(' ') > room / 2
          ? full.lastIndexOf(' ')
          : wholeCharacters(full)
    pieces.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  return [...pieces, rest]
}

/** The length of `text` without a high surrogate that lost its other half. */
function wholeCharacters(text: string): number {
  return /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length
}

function clip(heading: string): string {
  return heading.length <= HEADING_CHARACTERS
    ? heading
    : `${heading.slice(0, wholeCharacters(heading.slice(0, HEADING_CHARACTERS)))}…`
}
