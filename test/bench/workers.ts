import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { build, EDGE_BUNDLE } from '../../infra/build.ts'

export const NAMES = ['ours', 'hand-written', 'bare'] as const
export type Name = (typeof NAMES)[number]

/** One Worker as it is run, and its size. */
export interface BuiltWorker {
  name: Name
  /** One ES module, minified. */
  script: string
  sourceMap: string
  minifiedBytes: number
  gzippedBytes: number
}

/** Builds all three. Ours is the bundle that wrangler deploys; all are brought to size by the same minifier. */
export async function buildWorkers(): Promise<BuiltWorker[]> {
  await build()
  const ours = measured(
    'ours',
    await readFile(EDGE_BUNDLE, 'utf8'),
    await readFile(`${EDGE_BUNDLE}.map`, 'utf8'),
  )
  return Promise.all([ours, bundled('hand-written'), bundled('bare')])
}

const ENTRIES = {
  'hand-written': new URL('./hand-written-worker.ts', import.meta.url),
  bare: new URL('./bare-worker.ts', import.meta.url),
}

async function bundled(name: keyof typeof ENTRIES): Promise<BuiltWorker> {
  const entry = fileURLToPath(ENTRIES[name])
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    outfile: `${name}.js`,
    bundle: true,
    minify: true,
    sourcemap: 'external',
    format: 'esm',
    target: 'es2024',
    write: false,
  })
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return measured(name, text('.js'), text('.map'))
}

async function measured(name: Name, script: string, sourceMap: string): Promise<BuiltWorker> {
  const { code } = await esbuild.transform(script, { minify: true, format: 'esm', target: 'es2024' })
  return {
    name,
    script,
    sourceMap,
    minifiedBytes: Buffer.byteLength(code),
    gzippedBytes: gzipSync(code).length,
  }
}
