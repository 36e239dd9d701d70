import { delimiter, join } from 'node:path'
import { styleText } from 'node:util'
import { wranglerEnvironment } from '../../build.ts'
import { UserError } from '../../settings/user-error.ts'
import { SECRET_VARIABLES } from './cli-options.ts'
import { COMMAND_NOT_FOUND, startTool } from './tool-process.ts'

/**
 * One call of a tool. Never put a secret into the arguments or variables: other processes on the machine can
 * read them.
 */
export interface Command {
  tool: 'aws' | 'cdk' | 'wrangler'
  args: readonly string[]
  /** `text` is written to its standard input. A dry run prints `label` instead. */
  input?: { text: string; label: string }
  variables?: Record<string, string>
  /** Show its output to the person while it runs. */
  showOutput?: boolean
}

export interface Tools {
  /** Commands are printed and not run. */
  readonly dryRun: boolean
  /** Returns its standard output, or nothing if the output is shown. Throws CommandFailed and ToolMissing. */
  call(command: Command): Promise<string>
  /** Returns its standard output, parsed as JSON. A dry run returns `dryRunValue`. */
  read<T>(command: Command, dryRunValue: T): Promise<T>
}

/** A tool ended with a status other than 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  /** The tool's own message. Empty if the output was shown. */
  readonly details: string

  constructor(command: Command, status: number, details: string) {
    const last = details.trim() === '' ? 'Its output is above.' : details.trim()
    super(
      `${shellLine(command)} failed with status ${status}. ${last}\nFix that and run the command again; finished steps are skipped.`,
    )
    this.details = details
  }
}

/** A tool is not on the PATH. */
export class ToolMissing extends UserError {}

const INSTALL_HINT = {
  aws: 'Install version 2 of the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  cdk: 'Run "npm ci" first.',
  wrangler: 'Run "npm ci" first.',
}

/** `env` is the environment of our own process; `print` is for dry runs. */
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
    // wrangler prints some errors to standard output. What aws prints there can be a secret.
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

/**
 * The error names `what` it is and does not quote the text, as Node's own error would: it can be a secret.
 */
export function parseJson<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new UserError(`${what} is not valid JSON.`)
  }
}

/** Each tool gets only the credentials of its own cloud, and none of the secrets that were given to us. */
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
    // npm puts this folder first on the PATH. Without npm we put it last, so that a tool which the person put
    // first wins.
    PATH: [env.PATH, join(root, 'node_modules/.bin')].join(delimiter),
    ...variables,
  }
}

/** The command as a person would type it. */
function shellLine({ tool, args }: Pick<Command, 'tool' | 'args'>): string {
  return [tool, ...args.map((arg) => (/^[\w./:=,@+-]+$/.test(arg) ? arg : `'${arg}'`))].join(' ')
}
