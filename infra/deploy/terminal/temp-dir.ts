import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `work` with a temporary folder, which is removed afterwards, even if Ctrl-C ends the process. */
export async function withTempDir<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vera-deploy-'))
  const sweep = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', sweep)
  try {
    return await work(folder)
  } finally {
    sweep()
    process.off('exit', sweep)
  }
}
