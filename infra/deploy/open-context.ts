import { fileURLToPath } from 'node:url'
import { placementOf } from '../settings/placement.ts'
import { readSections } from '../settings/sections.ts'
import type { Given } from './terminal/cli-options.ts'
import type { Guide } from './terminal/context.ts'
import { createMemory } from './terminal/local-state.ts'
import { createVoice } from './terminal/output.ts'
import { nobody, pretending, terminal } from './terminal/prompts.ts'
import { createTools } from './terminal/tools.ts'
import { readWranglerConfig } from './terminal/wrangler-config.ts'

/** Where wrangler.toml and the configuration are. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** For a command of this process: its configuration, its terminal where it has one, and the tools on its PATH. */
export function openGuide(given: Given): Guide {
  const { dryRun: dry } = given
  const say = createVoice(process.stdout, dry)
  const sections = readSections()
  return {
    sections,
    placement: placementOf(sections),
    wrangler: readWranglerConfig(ROOT),
    given,
    tools: createTools({ root: ROOT, env: process.env, dry, print: say.line }),
    ask: dry ? pretending(say.line) : process.stdin.isTTY && process.stdout.isTTY ? terminal : nobody,
    memory: createMemory(ROOT, dry),
    say,
  }
}
