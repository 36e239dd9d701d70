import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { styleText } from 'node:util'
import { wranglerEnvironment } from '../../build.ts'
import { UserError } from '../../settings/user-error.ts'
import { SECRET_VARIABLES } from './cli-options.ts'

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
    const last = details.trim() === '' ? 'What it said stands above.' : details.trim()
    super(
      `${shellLine(command)} ended with status ${status}. ${last}\nMend that and give the command again: what is done already is found, and not done twice.`,
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

/** A shell's for a command that is nowhere on the PATH. */
const COMMAND_NOT_FOUND = 127

/** `env` is that of our own process; `print` is for dry runs. */
export function createTools({
  root,
  env,
  dryRun,
  print,
}: {
  root: string
  env: Record<string, string | undefined>
  dryRun: boolean
  print: (shellLine: string) => void
}): Tools {
  async function call(command: Command): Promise<string> {
    if (dryRun) {
      const input = command.input ? styleText('dim', `  < ${command.input.label}`) : ''
      print(`  $ ${shellLine(command)}${input}`)
      return ''
    }
    return runTool(command, root, toolEnvironment(command, root, env))
  }
  return {
    dryRun,
    call,
    async read<T>(command: Command, dryRunValue: T): Promise<T> {
      const details = await call(command)
      return dryRun ? dryRunValue : parseJson<T>(details, `What ${shellLine(command)} printed`)
    },
  }
}

/** `what` it is, for an error that does not repeat any of it, as Node's own would: it may be a secret. */
export function parseJson<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new UserError(`${what} is no JSON.`)
  }
}

async function runTool(
  { input, showOutput, ...command }: Command,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  // A tool that is told to read /dev/stdin opens it anew. Node's own pipes are sockets, which nobody can open (ENXIO), so
  // a process with real pipes stands between.
  const [file, args] = input
    ? ['sh', ['-c', 'cat | exec "$@"', 'sh', command.tool, ...command.args]]
    : [command.tool, command.args]
  const output = showOutput ? 'inherit' : 'pipe'
  // What is shown may ask as well: the CDK for the code of somebody's second factor.
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: [input ? 'pipe' : showOutput ? 'inherit' : 'ignore', output, output],
  })
  // It may end before it has read everything; its status says why.
  child.stdin?.on('error', () => undefined).end(input?.text)
  let out = ''
  let details = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk
    // wrangler says some of what goes wrong there. What AWS prints there may be a secret.
    if (command.tool === 'wrangler') details += chunk
  })
  child.stderr?.on('data', (chunk: Buffer) => (details += chunk))
  const status = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(COMMAND_NOT_FOUND)).on('close', (code) => resolve(code ?? 1))
  })
  if (status === COMMAND_NOT_FOUND)
    throw new ToolMissing(`There is no "${command.tool}" on the PATH. ${INSTALL_HINT[command.tool]}`)
  if (status !== 0) throw new CommandFailed(command, status, details)
  return out
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
