import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll } from 'vitest'
import type { Sections } from '../../../infra/settings/sections.ts'
import { createDeployStage, type DeployStage, type RunResult } from './deploy-stage.ts'
import { startRecorders } from './recorders.ts'

/** Node's compile cache for the scripts that the tests of this file start. */
const COMPILED = join(tmpdir(), `vera-test-compiled-${process.pid}`)

/** Removes the compile cache after the tests of a file. The module itself may be loaded once for several files. */
export function removeCompileCacheAtEnd(): void {
  afterAll(() => rmSync(COMPILED, { recursive: true, force: true }))
}

export interface ProcessStage extends DeployStage {
  /** Starts a script with Node, without a terminal. */
  start(script: string, args: readonly string[], more?: Record<string, string>): Promise<RunResult>
}

/**
 * A deploy stage for real processes: with a copy of the program, and with fake programs aws, cdk and wrangler
 * first on the PATH.
 */
export async function createProcessStage(change: Partial<Sections> = {}): Promise<ProcessStage> {
  // All tests of a file use the same path, so that Node's compile cache works.
  const dir = join(tmpdir(), `vera-test-${process.pid}`)
  mkdirSync(dir)
  const stage = await createDeployStage(change, dir)
  for (const path of ['infra', 'edge', 'backend', 'package.json', 'tsconfig.json'])
    cpSync(path, join(dir, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(dir, 'node_modules'))
  writeSections(dir, stage.sections)
  const recorders = join(dir, 'recorders')
  mkdirSync(recorders)
  const variables = await startRecorders(recorders, stage.answer)
  Object.assign(stage.env, variables, {
    PATH: [recorders, process.env.PATH].join(delimiter),
    NODE_COMPILE_CACHE: COMPILED,
  })
  return Object.assign(stage, {
    async start(
      script: string,
      args: readonly string[],
      more: Record<string, string> = {},
    ): Promise<RunResult> {
      const child = spawn(process.execPath, [script, ...args], {
        cwd: dir,
        env: { ...stage.env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let out = ''
      let err = ''
      child.stdout.setEncoding('utf8').on('data', (chunk) => {
        out += chunk
      })
      child.stderr.setEncoding('utf8').on('data', (chunk) => {
        err += chunk
      })
      const [status] = await once(child, 'close')
      return { status, out, err }
    },
  })
}

/** Writes assistant.config.ts into the copy. */
function writeSections(dir: string, sections: Sections): void {
  const text = Object.entries(sections)
    .map(([name, section]) => `export const ${name} = ${JSON.stringify(section, null, 2)}\n`)
    .join('')
  writeFileSync(join(dir, 'assistant.config.ts'), text)
}
