import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { placementOf } from '../settings/placement.ts'
import { readSections } from '../settings/sections.ts'
import type { CliOptions } from './terminal/cli-options.ts'
import type { DeployContext } from './terminal/context.ts'
import { openLocalState } from './terminal/local-state.ts'
import { createOutput } from './terminal/output.ts'
import { dryRunPrompts, noTerminal, terminalPrompts } from './terminal/prompts.ts'
import { createTools } from './terminal/tools.ts'
import { readWranglerConfig } from './terminal/wrangler-config.ts'

/** The folder with wrangler.toml and assistant.config.ts. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * For a command in this process: the configuration, the terminal if there is one, and the tools on the PATH.
 */
export function openContext(options: CliOptions): DeployContext {
  const { dryRun } = options
  const output = createOutput(process.stdout, dryRun)
  const sections = readSections()
  return {
    root: ROOT,
    sections,
    placement: placementOf(sections),
    wrangler: readWranglerConfig(ROOT),
    options,
    tools: createTools({ root: ROOT, env: process.env, dryRun, print: output.print }),
    prompts: dryRun
      ? dryRunPrompts(output.print)
      : process.stdin.isTTY && process.stdout.isTTY
        ? terminalPrompts
        : noTerminal,
    state: openLocalState(ROOT, dryRun),
    output,
    endpoints: {
      slack: process.env.SLACK_API_URL ?? 'https://slack.com/api/',
      cloudflare: process.env.CLOUDFLARE_API_BASE_URL ?? 'https://api.cloudflare.com/client/v4',
    },
    sleep: setTimeout,
  }
}
