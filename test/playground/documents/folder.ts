import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { StoredPassage } from '../../../playground/bedrock/knowledge-base.ts'
import { type Documents, readDocuments } from '../../../playground/documents/documents.ts'

export const BASE = 'http://127.0.0.1:4100/'

/** Creates a folder with these files for one test. */
export async function folder(files: Record<string, string | Uint8Array>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'vera-knowledge-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  return dir
}

export async function read(files: Record<string, string | Uint8Array>, baseUrl = BASE): Promise<Documents> {
  return readDocuments({ folders: [{ dir: await folder(files) }], baseUrl })
}

/** The passages of one file. */
export async function passagesOf(path: string, text: string | Uint8Array): Promise<StoredPassage[]> {
  return (await read({ [path]: text })).passages
}
