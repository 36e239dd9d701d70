import { basename, extname, resolve } from 'node:path'
import type { StoredPassage } from '../bedrock/knowledge-base.ts'
import { fence, type ParsedFile } from './block.ts'
import { type DocumentFile, type DocumentFolder, nothingIn, readFolder, type SkippedFile } from './files.ts'
import { parseHtml } from './html.ts'
import { parseMarkdown } from './markdown.ts'
import { toPassages } from './passages.ts'
import { renderBlocks } from './render.ts'

/** One document as the wiki shows it. */
export interface Page {
  /** The path below the base URL, not encoded, with `/` between its parts. */
  path: string
  title: string
  /**
   * The page's body as HTML without anything that can run. Its headings have the ids that the passages' URLs
   * end in.
   */
  render(): string
}

export interface Documents {
  passages: StoredPassage[]
  pages: Page[]
  /** Files that were found but could not be used. */
  skipped: SkippedFile[]
}

/**
 * Reads folders of Markdown, HTML and text, and cuts each page at its headings into passages.
 * A passage's URL is `baseUrl`, the path in the folder, and the heading's id. If the front matter of a
 * Markdown page has a `url`, the passage's URL is that and the id. If two folders have a file with the same
 * path, the path of the later one starts with its folder's name.
 * @param baseUrl where the pages are served, with or without a slash at the end
 * @throws NoDocuments if a folder is missing, is a file, or has no document that can be read
 */
export async function readDocuments({
  folders,
  baseUrl,
}: {
  folders: readonly DocumentFolder[]
  baseUrl: string
}): Promise<Documents> {
  const documents: Documents = { passages: [], pages: [], skipped: [] }
  const taken = new Set<string>()
  for (const folder of folders) {
    const { files, skipped } = await readFolder(folder)
    documents.skipped.push(...skipped)
    const before = documents.passages.length
    for (const file of files) {
      const path = freePath(file.path, basename(resolve(folder.dir)), taken)
      const parsed = parse(file)
      if (parsed === undefined) {
        documents.skipped.push({ path, reason: 'cannot be read' })
        continue
      }
      const title = parsed.title ?? basename(path, extname(path))
      const url =
        parsed.url?.replace(/#.*$/, '') ??
        `${baseUrl.replace(/\/$/, '')}/${path.split('/').map(encodePart).join('/')}`
      const updated = isoDate(parsed.updated) ?? file.modified.toISOString().slice(0, 10)
      const passages = toPassages(parsed, { path, title, url, updated })
      if (passages.length === 0) continue
      documents.passages.push(...passages)
      documents.pages.push({ path, title, render: parsed.render })
    }
    if (documents.passages.length === before) throw nothingIn(folder)
  }
  return documents
}

function parse(file: DocumentFile): ParsedFile | undefined {
  try {
    switch (extname(file.path).toLowerCase()) {
      case '.txt':
        return parseText(file.text)
      case '.html':
      case '.htm':
        return parseHtml(file.text)
      default:
        return parseMarkdown(file.text)
    }
  } catch (error) {
    // Elements that nest ten thousand deep exceed the recursion of the parsers.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function parseText(text: string): ParsedFile {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.trimEnd())
  const blocks = paragraphs
    .filter((paragraph) => paragraph.trim() !== '')
    .map((text) => ({ kind: 'prose' as const, text }))
  return { blocks, render: () => renderBlocks([{ kind: 'code', text: fence(text) }]) }
}

function freePath(path: string, folder: string, taken: Set<string>): string {
  let free = path
  for (let n = 1; taken.has(free); n++) free = n === 1 ? `${folder}/${path}` : `${folder}-${n}/${path}`
  taken.add(free)
  return free
}

/**
 * Percent-encodes a part of a path, including brackets and stars, which would end a link in Markdown and in
 * Slack.
 */
function encodePart(part: string): string {
  return encodeURIComponent(part).replace(
    /[()*'!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function isoDate(written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  const [day] = /^\d{4}-\d{2}-\d{2}/.exec(written.trim()) ?? []
  // Date.parse reads a date without a zone as local time, which is a different day in half the world.
  const time = (day === undefined ? [`${written} UTC`, written] : [day])
    .map((date) => Date.parse(date))
    .find(Number.isFinite)
  const read = time === undefined ? undefined : new Date(time).toISOString().slice(0, 10)
  // Date.parse reads 30 February as 2 March.
  return day === undefined || day === read ? read : undefined
}
