import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { deployCommand } from '../../../infra/commands/deploy.ts'
import { destroyCommand } from '../../../infra/commands/destroy.ts'
import { rollbackCommand } from '../../../infra/commands/rollback.ts'
import type { DeployContext } from '../../../infra/deploy/terminal/context.ts'
import { openLocalState } from '../../../infra/deploy/terminal/local-state.ts'
import { createOutput } from '../../../infra/deploy/terminal/output.ts'
import { describeError } from '../../../infra/deploy/terminal/program.ts'
import { dryRunPrompts, noTerminal } from '../../../infra/deploy/terminal/prompts.ts'
import type { startTool } from '../../../infra/deploy/terminal/tool-process.ts'
import { createTools } from '../../../infra/deploy/terminal/tools.ts'
import { readWranglerConfig } from '../../../infra/deploy/terminal/wrangler-config.ts'
import { placementOf } from '../../../infra/settings/placement.ts'
import type { Sections } from '../../../infra/settings/sections.ts'
import { fakeSections } from '../fake-sections.ts'
import { emptyWorld } from './empty-world.ts'
import { fullLine, shortLine } from './expected-calls.ts'
import { type FakeSlack, startFakeCloudflare, startFakeSlack } from './fake-apis.ts'
import { type Answer, type Call, streamOf } from './recorders.ts'
import { type Answer as PersonsAnswer, scriptedPrompts } from './scripted-prompts.ts'
import { answerIn, type World } from './world.ts'

const COMMANDS = { deploy: deployCommand, destroy: destroyCommand, rollback: rollbackCommand }

export interface RunResult {
  status: number
  out: string
  err: string
}

export interface DeployStage {
  dir: string
  /** The variables of each command. */
  env: Record<string, string>
  world: World
  slack: FakeSlack
  /** The configuration that the next commands read. */
  sections: Sections
  /**
   * Runs a command in this process, with recorders as its tools. `answers` are those of a person at a
   * terminal.
   */
  run(
    command: keyof typeof COMMANDS,
    args: readonly string[],
    more?: Record<string, string>,
    answers?: PersonsAnswer[],
  ): Promise<RunResult>
  /** Records a call and answers it from the world. */
  answer(call: Call): Answer | 'nothing yet'
  /** The calls since the last time this was asked. */
  calls(): Call[]
  /** The same calls, each up to its first option. */
  lines(): string[]
  /** Makes the next call fail whose line contains `when`. */
  failOnce(when: string, says?: string): void
  /** Lets the next call whose line contains `when` run until its process is killed. */
  hangOnce(when: string): void
  /** The content of `.vera.json`. */
  remembered(): Record<string, string>
}

/** The site does not end with .example, which the preflight refuses. */
const knowledge: Sections['knowledge'] = {
  ...fakeSections.knowledge,
  bases: [{ name: 'wiki', source: 'confluence', site: 'https://fake.atlassian.invalid' }],
}

/** Fake accounts at AWS, Cloudflare and Slack, and a folder in which `npm run deploy` can run. */
export async function createDeployStage(
  change: Partial<Sections> = {},
  dir = mkdtempSync(join(tmpdir(), 'vera-test-')),
): Promise<DeployStage> {
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const wrangler = readFileSync('wrangler.toml', 'utf8')
    .replace(/^AWS_REGION = .*$/m, 'AWS_REGION = "us-east-1"')
    .replace(/^region = .*$/m, 'region = "aws:us-east-1"')
  writeFileSync(join(dir, 'wrangler.toml'), wrangler)

  const world = emptyWorld()
  const { url, slack } = await startFakeSlack()
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    TERM: 'xterm',
    SLACK_API_URL: url,
    CLOUDFLARE_API_BASE_URL: await startFakeCloudflare(world),
    AWS_PROFILE: 'fake-profile',
    CLOUDFLARE_API_TOKEN: 'fake-cloudflare-token',
  }
  const calls: Call[] = []
  let failure: { when: string; says: string } | undefined
  let hanging: string | undefined
  const stage: DeployStage = {
    dir,
    env,
    world,
    slack,
    sections: { ...fakeSections, knowledge, ...change },
    run: (command, args, more = {}, answers) =>
      runHere(stage, command, args, { ...stage.env, ...more }, answers),
    answer(call) {
      calls.push(call)
      const line = fullLine(call)
      if (hanging !== undefined && line.includes(hanging)) {
        hanging = undefined
        return 'nothing yet'
      }
      if (!failure || !line.includes(failure.when)) return answerIn(world, dir, call)
      const { says } = failure
      failure = undefined
      return { status: 1, says }
    },
    calls: () => calls.splice(0),
    lines: () => calls.splice(0).map(shortLine),
    failOnce(when, says = 'a fake failure\n') {
      failure = { when, says }
    },
    hangOnce(when) {
      hanging = when
    },
    remembered: () => JSON.parse(readFileSync(join(dir, '.vera.json'), 'utf8')),
  }
  return stage
}

async function runHere(
  stage: DeployStage,
  command: keyof typeof COMMANDS,
  args: readonly string[],
  env: Record<string, string>,
  answers: PersonsAnswer[] | undefined,
): Promise<RunResult> {
  const { dir, sections } = stage
  let out = ''
  let err = ''
  const written = new Writable({
    write(chunk, _, done) {
      out += chunk
      done()
    },
  })
  /** Behaves like startTool, but starts no process. */
  const start: typeof startTool = async ({ tool, args, input = '', showOutput, env }) => {
    // Simultaneous calls overlap, as processes do.
    await setImmediate()
    const reply = stage.answer({ tool, args: [...args], env: definedOf(env), input })
    if (reply === 'nothing yet') return new Promise(() => undefined)
    const { status, says } = reply
    const stream = streamOf(reply)
    if (showOutput) {
      if (stream === 'stderr') err += says
      else out += says
      return { status, stdout: '', stderr: '' }
    }
    return { status, stdout: '', stderr: '', [stream]: says }
  }
  const open = (options: DeployContext['options']): DeployContext => {
    const { dryRun } = options
    const output = createOutput(written, dryRun)
    return {
      root: dir,
      sections,
      placement: placementOf(sections),
      wrangler: readWranglerConfig(dir),
      options,
      tools: createTools({ root: dir, env, dryRun, print: output.print, start }),
      prompts: dryRun ? dryRunPrompts(output.print) : answers ? scriptedPrompts(answers) : noTerminal,
      state: openLocalState(dir, dryRun),
      output,
      endpoints: { slack: env.SLACK_API_URL ?? '', cloudflare: env.CLOUDFLARE_API_BASE_URL ?? '' },
      sleep: setImmediate,
    }
  }
  try {
    await COMMANDS[command](args, env, open)
    return { status: 0, out, err }
  } catch (error) {
    const [sentence, status] = describeError(error)
    return { status, out, err: `${err}${sentence}\n` }
  }
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
