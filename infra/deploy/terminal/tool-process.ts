import { spawn } from 'node:child_process'

/** One process, with everything that we pass to it. */
export interface ToolProcess {
  tool: string
  args: readonly string[]
  /** Written to its standard input. */
  input?: string | undefined
  /** The person sees what the tool prints, and can answer its questions. */
  showOutput: boolean
  cwd: string
  env: NodeJS.ProcessEnv
}

/** Both texts are empty if the output was shown. */
export interface ToolResult {
  status: number
  stdout: string
  stderr: string
}

/** A shell's exit status for a command that is not on the PATH. */
export const COMMAND_NOT_FOUND = 127

export async function startTool({
  tool,
  args,
  input,
  showOutput,
  cwd,
  env,
}: ToolProcess): Promise<ToolResult> {
  // Tools open /dev/stdin by its path. Node's pipes are sockets, which cannot be opened that way (ENXIO), so
  // `cat` turns them into a real pipe.
  const [file, started] =
    input === undefined ? [tool, args] : ['sh', ['-c', 'cat | exec "$@"', 'sh', tool, ...args]]
  const output = showOutput ? 'inherit' : 'pipe'
  // A tool whose output is shown may also ask: the CDK asks for the code of a second factor.
  const child = spawn(file, started, {
    cwd,
    env,
    stdio: [input !== undefined ? 'pipe' : showOutput ? 'inherit' : 'ignore', output, output],
  })
  // The tool may end before it has read everything. Its exit status says why.
  child.stdin?.on('error', () => undefined).end(input)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const status = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(COMMAND_NOT_FOUND)).on('close', (code) => resolve(code ?? 1))
  })
  return { status, stdout, stderr }
}
