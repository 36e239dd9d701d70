import { spawn } from 'node:child_process'

/** One process, with all that it gets from us. */
export interface ToolProcess {
  tool: string
  args: readonly string[]
  /** For its standard input. */
  input?: string | undefined
  /** The person sees what it prints, and can answer it. */
  showOutput: boolean
  cwd: string
  env: NodeJS.ProcessEnv
}

/** What came of it. Both texts are empty if its output was shown. */
export interface ToolResult {
  status: number
  stdout: string
  stderr: string
}

/** A shell's status for a command that is nowhere on the PATH. */
export const COMMAND_NOT_FOUND = 127

export async function startTool({
  tool,
  args,
  input,
  showOutput,
  cwd,
  env,
}: ToolProcess): Promise<ToolResult> {
  // A tool that is told to read /dev/stdin opens it anew. Node's own pipes are sockets, which nobody can open (ENXIO), so
  // a process with real pipes stands between.
  const [file, started] =
    input === undefined ? [tool, args] : ['sh', ['-c', 'cat | exec "$@"', 'sh', tool, ...args]]
  const output = showOutput ? 'inherit' : 'pipe'
  // What is shown may ask as well: the CDK for the code of somebody's second factor.
  const child = spawn(file, started, {
    cwd,
    env,
    stdio: [input !== undefined ? 'pipe' : showOutput ? 'inherit' : 'ignore', output, output],
  })
  // It may end before it has read everything; its status says why.
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
