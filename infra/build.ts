import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Where `npm run build` leaves what is deployed; wrangler deploys the same Worker, Lambda runs the same bundle. */
export const EDGE_BUNDLE = join(ROOT, 'dist/edge/worker.js')
export const BACKEND_BUNDLE = join(ROOT, 'dist/backend/index.mjs')

/**
 * What keeps wrangler from asking its home for news, from sending it some, from asking a person anything, and from writing down
 * what it sends to Cloudflare: a debugging log of `deploy` holds the Worker's secrets, and stands among what `--json` prints.
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

/** What wrangler is started with in place of `env`: AWS's credentials are none of Cloudflare's business. */
export function wranglerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_'))), ...QUIET }
}

/** Bundles both tiers into `dist`. Each file is moved into place whole, so that a reader never sees half of one. */
export async function build(): Promise<void> {
  await mkdir(join(ROOT, 'dist'), { recursive: true })
  const staging = await mkdtemp(join(ROOT, 'dist/.staging-'))
  // Also when the process is told to end in the middle.
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

/** The Worker as wrangler itself bundles it. `--dry-run` needs no account. */
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
  // wrangler is two processes; with a group of their own both can be ended, before the staging folder is swept.
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
 * Bundles a module for Lambda, into `index.mjs` in a folder, as one ES module with its map. Ours, backend/handler.ts, exports
 * `handler` and `apologize`. Gives the path of the bundle.
 */
export async function bundleFunction(entry: string, outdir: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { index: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    // Lambda prints the stack of a crash with these names, and without reading the map at each start.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Without `module` first the AWS SDK comes in as CommonJS, which is a third larger.
    mainFields: ['module', 'main'],
    // @slack/web-api has CommonJS inside, which calls `require` for Node's own modules; an ES module has none.
    banner: { js: "import{createRequire as __vera}from'node:module';const require=__vera(import.meta.url);" },
    logLevel: 'error',
    // Written here: esbuild's own process would go on writing after ours has ended.
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
