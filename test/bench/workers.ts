import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { build, EDGE_BUNDLE } from '../../infra/build.ts'

const REFERENCES = {
  'minimal Hono': new URL('./hono-worker.ts', import.meta.url),
  'hand-written': new URL('./hand-written-worker.ts', import.meta.url),
  bare: new URL('./bare-worker.ts', import.meta.url),
}

export type Name = 'ours' | keyof typeof REFERENCES

/** One Worker as workerd runs it, and its size. */
export interface BuiltWorker {
  name: Name
  /** One ES module, minified. */
  script: string
  sourceMap: string
  minifiedBytes: number
  gzippedBytes: number
}

/**
 * Builds all Workers. Ours is the bundle that wrangler deploys. The sizes are of the same minifier's output.
 */
export async function buildWorkers(): Promise<BuiltWorker[]> {
  await build()
  const ours = withSizes(
    'ours',
    await readFile(EDGE_BUNDLE, 'utf8'),
    await readFile(`${EDGE_BUNDLE}.map`, 'utf8'),
  )
  const names = Object.keys(REFERENCES) as (keyof typeof REFERENCES)[]
  return Promise.all([ours, ...names.map(bundle)])
}

async function bundle(name: keyof typeof REFERENCES): Promise<BuiltWorker> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(REFERENCES[name])],
    outfile: 'worker.js',
    bundle: true,
    minify: true,
    sourcemap: 'external',
    format: 'esm',
    target: 'es2024',
    write: false,
  })
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return withSizes(name, text('.js'), text('.map'))
}

async function withSizes(name: Name, script: string, sourceMap: string): Promise<BuiltWorker> {
  const { code } = await esbuild.transform(script, { minify: true, format: 'esm', target: 'es2024' })
  return {
    name,
    script,
    sourceMap,
    minifiedBytes: Buffer.byteLength(code),
    gzippedBytes: gzipSync(code).length,
  }
}
