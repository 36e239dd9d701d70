import { delimiter, join } from 'node:path'
import { styleText } from 'node:util'
import { wranglerEnvironment } from '../../build.ts'
import { UserError } from '../../settings/user-error.ts'
import { SECRET_VARIABLES } from './cli-options.ts'
import { COMMAND_NOT_FOUND, startTool } from './tool-process.ts'

/** One call of a tool. Nothing secret is ever among the arguments or the variables: every process of the machine may read them. */
export interface Command {
  tool: 'aws' | 'cdk' | 'wrangler'
  args: readonly string[]
  /** Written to its standard input, and `label` says in a dry run what that would be. */
  input?: { text: string; label: string }
  variables?: Record<string, string>
  /** Whether the person sees what it prints while it runs. */
  showOutput?: boolean
}

export interface Tools {
  /** Whether commands are printed in place of being run. */
  readonly dryRun: boolean
  /** What it wrote to standard output; nothing where it is shown. Throws CommandFailed, and ToolMissing. */
  call(command: Command): Promise<string>
  /** The same, parsed. A dry run goes on with `pretended`. */
  read<T>(command: Command, dryRunValue: T): Promise<T>
}

/** A tool ended with another status than 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  /** What the tool said of it; nothing where it was shown. */
  readonly details: string

  constructor(command: Command, status: number, details: string) {
    const last = details.trim() === '' ? 'Its output is above.' : details.trim()
    super(
      `${shellLine(command)} failed with status ${status}. ${last}\nFix that and run the command again; finished steps are skipped.`,
    )
    this.details = details
  }
}

/** A tool is nowhere on the PATH. */
export class ToolMissing extends UserError {}

const INSTALL_HINT = {
  aws: 'Install version 2 of the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  cdk: 'Run "npm ci" first.',
  wrangler: 'Run "npm ci" first.',
}

/** `env` is that of our own process; `print` is for dry runs. */
export function createTools({
  root,
  env,
  dryRun,
  print,
  start = startTool,
}: {
  root: string
  env: NodeJS.ProcessEnv
  dryRun: boolean
  print: (text: string) => void
  start?: typeof startTool
}): Tools {
  async function call(command: Command): Promise<string> {
    const { tool, args, input, showOutput = false } = command
    if (dryRun) {
      print(`  $ ${shellLine(command)}${input ? styleText('dim', `  < ${input.label}`) : ''}`)
      return ''
    }
    const { status, stdout, stderr } = await start({
      tool,
      args,
      input: input?.text,
      showOutput,
      cwd: root,
      env: toolEnvironment(command, root, env),
    })
    if (status === COMMAND_NOT_FOUND)
      throw new ToolMissing(`"${tool}" is not on the PATH. ${INSTALL_HINT[tool]}`)
    // wrangler says on standard output, too, what goes wrong. What aws prints there may be a secret.
    if (status !== 0) throw new CommandFailed(command, status, tool === 'wrangler' ? stdout + stderr : stderr)
    return stdout
  }
  return {
    dryRun,
    call,
    async read<T>(command: Command, dryRunValue: T): Promise<T> {
      const printed = await call(command)
      return dryRun ? dryRunValue : parseJson<T>(printed, `The output of ${shellLine(command)}`)
    },
  }
}

/** `what` it is, for an error that does not repeat any of it, as Node's own would: it may be a secret. */
export function parseJson<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new UserError(`${what} is not valid JSON.`)
  }
}

/** Each tool gets the credentials of its own side, and none the secrets that were given to us. */
function toolEnvironment(
  { tool, variables }: Command,
  root: string,
  env: Record<string, string | undefined>,
): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => !SECRET_VARIABLES.includes(name))
  const ofAws = passed.filter(([name]) => !name.startsWith('CLOUDFLARE_'))
  return {
    ...(tool === 'wrangler'
      ? wranglerEnvironment(Object.fromEntries(passed))
      : { ...Object.fromEntries(ofAws), AWS_PAGER: '' }),
    // npm puts this folder first. Without npm it comes last, so that whoever puts a tool in front means it.
    PATH: [env.PATH, join(root, 'node_modules/.bin')].join(delimiter),
    ...variables,
  }
}

/** As one would type it. */
function shellLine({ tool, args }: Pick<Command, 'tool' | 'args'>): string {
  return [tool, ...args.map((arg) => (/^[\w./:=,@+-]+$/.test(arg) ? arg : `'${arg}'`))].join(' ')
}
