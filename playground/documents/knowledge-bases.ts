import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KnowledgeBase } from '../bedrock/knowledge-base.ts'
import { createKnowledgeBase } from '../bedrock/rank.ts'
import { startWiki } from '../wiki.ts'
import { readDocuments } from './documents.ts'
import type { DocumentFolder } from './files.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The default documents: this project's own, and the handbook of an invented company. */
const OWN: Record<string, { folder: DocumentFolder; location: KnowledgeBase['location'] }> = {
  vera: { folder: { dir: ROOT, files: ['README.md', 'docs/**'] }, location: 'WEB' },
  handbook: { folder: { dir: `${ROOT}playground/knowledge` }, location: 'CONFLUENCE' },
}

/** The knowledge bases of a stack, and the pages that their passages link to. */
export interface Knowledge {
  bases: ReadonlyMap<string, KnowledgeBase>
  /** The address of the list of pages. */
  url: string
  /** One line per knowledge base: what was read into it, and what was skipped. */
  summary: string[]
  close(): Promise<void>
}

/** Reads `dir`, or this project's own documents, and serves the pages. Throws NoDocuments. */
export async function openKnowledge(dir: string | undefined): Promise<Knowledge> {
  const named = dir === undefined ? OWN : { [nameOf(dir)]: { folder: { dir }, location: 'WEB' as const } }
  const wiki = await startWiki()
  try {
    const bases = new Map<string, KnowledgeBase>()
    const summary: string[] = []
    const all = []
    for (const [name, { folder, location }] of Object.entries(named)) {
      const { passages, pages, skipped } = await readDocuments({ folders: [folder], baseUrl: wiki.url })
      bases.set(name, createKnowledgeBase(passages, location))
      all.push(...pages)
      const left =
        skipped.length > 0
          ? `; skipped: ${skipped.map(({ path, reason }) => `${path} (${reason})`).join(', ')}`
          : ''
      summary.push(
        `${name}: ${passages.length} passages from ${pages.length} pages in ${resolve(folder.dir)}${left}`,
      )
    }
    wiki.show(all)
    return { bases, url: wiki.url, summary, close: wiki.close }
  } catch (error) {
    await wiki.close()
    throw error
  }
}

/** A name that the variable KNOWLEDGE_BASES can hold. */
function nameOf(dir: string): string {
  return basename(resolve(dir)).replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'documents'
}
