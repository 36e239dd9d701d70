import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** `npm run build` writes these. wrangler deploys the same Worker, and Lambda runs the same bundle. */
export const EDGE_BUNDLE = join(ROOT, 'dist/edge/worker.js')
export const BACKEND_BUNDLE = join(ROOT, 'dist/backend/index.mjs')

/**
 * Keeps wrangler from looking for updates, from sending statistics, and from asking questions. Also keeps it
 * from logging its requests: a debug log of `deploy` contains the Worker's secrets, and it would mix with the
 * output of `--json`.
 */
const QUIET: Readonly<Record<string, string>> = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'log',
  WRANGLER_LOG_PATH: join(ROOT, '.wrangler/logs'),
  WRANGLER_LOG_SANITIZE: 'true',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_SEND_METRICS: 'false',
}

/** The environment for wrangler: `env` without the credentials of AWS. */
export function wranglerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_'))), ...QUIET }
}

/** Bundles both tiers into `dist`. Moves each finished file into place, so that nobody reads half a file. */
export async function build(): Promise<void> {
  await mkdir(join(ROOT, 'dist'), { recursive: true })
  const staging = await mkdtemp(join(ROOT, 'dist/.staging-'))
  // Also remove the folder if the process is stopped in the middle.
  const sweep = (): void => rmSync(staging, { recursive: true, force: true })
  process.once('exit', sweep)
  try {
    await Promise.all([
      bundleEdge(join(staging, 'edge')),
      bundleFunction('backend/handler.ts', join(staging, 'backend')),
    ])
    for (const tier of ['edge', 'backend']) {
      await mkdir(join(ROOT, 'dist', tier), { recursive: true })
      for (const file of await readdir(join(staging, tier))) {
        await rename(join(staging, tier, file), join(ROOT, 'dist', tier, file))
      }
    }
  } finally {
    sweep()
    process.off('exit', sweep)
  }
}

/** Lets wrangler bundle the Worker. `--dry-run` needs no account. */
async function bundleEdge(outdir: string): Promise<void> {
  const wrangler = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/wrangler/bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', outdir],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: wranglerEnvironment(process.env),
    },
  )
  // wrangler runs as two processes. In a group of their own, both can be killed before we remove the staging
  // folder.
  const kill = (): void => {
    if (wrangler.pid !== undefined && process.platform !== 'win32') process.kill(-wrangler.pid, 'SIGKILL')
    else wrangler.kill()
  }
  process.prependOnceListener('exit', kill)
  let printed = ''
  wrangler.stdout.on('data', (chunk: Buffer) => (printed += chunk))
  wrangler.stderr.on('data', (chunk: Buffer) => (printed += chunk))
  const code = await new Promise((resolve, reject) => wrangler.on('error', reject).on('close', resolve))
  process.off('exit', kill)
  if (code !== 0) throw new Error(`wrangler could not bundle the Worker:\n${printed}`)
  await rm(join(outdir, 'README.md'), { force: true })
}

/**
 * Bundles a module for Lambda into one ES module, `index.mjs`, with its source map. Returns the path of the
 * bundle. Ours, backend/handler.ts, exports `handler` and `apologize`.
 */
export async function bundleFunction(entry: string, outdir: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { index: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    // Stack traces in Lambda's log show these names, without the cost of reading the source map at each
    // start.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Without `module` first, esbuild takes the CommonJS form of the AWS SDK, which is a third larger.
    mainFields: ['module', 'main'],
    // @slack/web-api contains CommonJS that calls `require` for Node's own modules. An ES module has no
    // `require`.
    banner: { js: "import{createRequire as __vera}from'node:module';const require=__vera(import.meta.url);" },
    logLevel: 'error',
    // We write the files ourselves: esbuild's process would go on writing after ours has ended.
    write: false,
  })
  await mkdir(outdir, { recursive: true })
  for (const { path, contents } of outputFiles) await writeFile(path, contents)
  return join(outdir, 'index.mjs')
}

if (import.meta.main) {
  await build()
  for (const file of [EDGE_BUNDLE, BACKEND_BUNDLE]) {
    const { size } = await stat(file)
    const gzipped = gzipSync(await readFile(file)).length
    console.log(`${file.slice(ROOT.length)}  ${kibibytes(size)}, ${kibibytes(gzipped)} gzipped`)
  }
}

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}
