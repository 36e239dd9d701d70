import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives `work` a folder outside of the project, which is gone when it ends, also where Ctrl-C ends the process. */
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
