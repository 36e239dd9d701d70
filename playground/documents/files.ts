import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'

/** A folder to read documents from, and which of its files. */
export interface DocumentFolder {
  dir: string
  /** Paths inside the folder: `README.md`, `docs/*.md`, `docs/**`. Without it, every document is read. */
  files?: readonly string[]
}

export interface DocumentFile {
  /** The path inside the folder, with `/` between its parts. */
  path: string
  text: string
  modified: Date
}

/** A document that is not in the knowledge base, and the reason. */
export interface SkippedFile {
  path: string
  reason: 'too large' | 'too many files' | 'not UTF-8 text' | 'cannot be read'
}

/**
 * The largest file that is read, in bytes. A megabyte of text is a book; a larger file is a log or a dump.
 */
const FILE_BYTES = 1_048_576
/** How many files of a folder are read, because all passages are kept in memory. */
const FILES = 5_000

const DOCUMENT = new Set(['.md', '.markdown', '.html', '.htm', '.txt'])
const FORMATS = 'Markdown (.md, .markdown), HTML (.html, .htm) or text (.txt)'
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist'])

/** A folder that no question can be answered from. The message is for the person who chose the folder. */
export class NoDocuments extends Error {
  override readonly name = 'NoDocuments'
}

/**
 * Reads the documents of a folder and its subfolders, sorted by name. Skips `node_modules`, `dist` and names
 * that start with a dot. Reads a folder once, even if several links lead to it.
 * @throws NoDocuments if the folder is missing or is a file
 */
export async function readFolder({
  dir,
  files,
}: DocumentFolder): Promise<{ files: DocumentFile[]; skipped: SkippedFile[] }> {
  const folder = resolve(dir)
  const isFolder = await stat(folder).then((found) => found.isDirectory(), noSuchFolder)
  if (isFolder === undefined)
    throw new NoDocuments(`The folder ${folder} does not exist. Choose one with ${FORMATS} files.`)
  if (!isFolder) throw new NoDocuments(`${folder} is not a folder. Choose one with ${FORMATS} files.`)
  const wanted = files?.map(toPattern)
  const found: string[] = []
  await walk(folder, '', new Set(), (path) => {
    if (wanted === undefined || wanted.some((pattern) => pattern.test(path))) found.push(path)
  })
  const read: DocumentFile[] = []
  const skipped: SkippedFile[] = found.slice(FILES).map((path) => ({ path, reason: 'too many files' }))
  for (const path of found.slice(0, FILES)) {
    const file = await readDocument(folder, path).catch(() => 'cannot be read' as const)
    if (typeof file === 'string') skipped.push({ path, reason: file })
    else if (file.text.trim() !== '') read.push(file)
  }
  return { files: read, skipped }
}

/** The error for a folder without anything to read. */
export function nothingIn({ dir, files }: DocumentFolder): NoDocuments {
  const where = files === undefined ? '' : ` at ${files.join(' or ')}`
  return new NoDocuments(
    `The folder ${resolve(dir)} has no ${FORMATS} file${where} that can be read and is not empty. Choose another.`,
  )
}

function noSuchFolder(error: NodeJS.ErrnoException): false | undefined {
  return error.code === 'ENOTDIR' ? false : undefined
}

async function walk(
  dir: string,
  prefix: string,
  seen: Set<string>,
  found: (path: string) => void,
): Promise<void> {
  const real = await realpath(dir).catch(() => undefined)
  if (real === undefined || seen.has(real)) return
  seen.add(real)
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    const kind = entry.isSymbolicLink() ? await stat(join(dir, entry.name)).catch(() => undefined) : entry
    if (kind?.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) {
      await walk(join(dir, entry.name), `${prefix}${entry.name}/`, seen, found)
    } else if (kind?.isFile() && DOCUMENT.has(extname(entry.name).toLowerCase()))
      found(`${prefix}${entry.name}`)
  }
}

async function readDocument(folder: string, path: string): Promise<DocumentFile | SkippedFile['reason']> {
  const file = join(folder, path)
  const { size, mtime } = await stat(file)
  if (size > FILE_BYTES) return 'too large'
  const text = decode(await readFile(file))
  return text === undefined ? 'not UTF-8 text' : { path, text: text.replace(/\r\n?/g, '\n'), modified: mtime }
}

/**
 * Decodes UTF-8 and drops its byte order mark. UTF-16 without a mark can pass as UTF-8, but is full of zero
 * bytes.
 */
function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

/** `*` matches any part of a name, `**` any part of a path. */
function toPattern(glob: string): RegExp {
  const pattern = glob.split(/(\*\*\/|\*\*|\*)/).map((part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    return part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
  })
  return new RegExp(`^${pattern.join('')}$`)
}
