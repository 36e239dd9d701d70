import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** One call of a tool. */
export interface Call {
  tool: string
  args: string[]
  env: Record<string, string>
  /** Its standard input, if the call reads it. */
  input: string
}

/** The output and the exit status of the tool. A failure is printed to standard error, unless `to` says otherwise. */
export interface Answer {
  status: number
  says: string
  /** For a failure that the tool prints to standard output. */
  to?: 'stdout'
}

/**
 * A program that sends its call to the test and prints the test's answer. It opens `/dev/stdin` by its path,
 * as aws and wrangler do; that fails if standard input is a socket. It is written in Bash, because Node takes
 * ten times as long to start.
 */
const recorderOf = (tool: string) => String.raw`#!/bin/bash
exec 3<>"/dev/tcp/127.0.0.1/$FAKE_PORT"
{
  printf '%s\0' ${tool} "$@"
  printf '\036'
  env -0
  printf '\036'
  case "$*" in *'/dev/stdin'*) cat /dev/stdin ;; *'secret put'*) cat ;; esac
  printf '\035'
} >&3
read -r status stream <&3
IFS= read -r -d '' says <&3
if [ "$stream" = stdout ]; then printf %s "$says"; else printf %s "$says" >&2; fi
exit "$status"
`

/** Writes the programs aws, cdk and wrangler into `dir`. They need the returned variables. */
export async function startRecorders(
  dir: string,
  answer: (call: Call) => Answer | 'nothing yet',
): Promise<{ FAKE_PORT: string }> {
  for (const tool of ['aws', 'cdk', 'wrangler']) {
    writeFileSync(join(dir, tool), recorderOf(tool))
    chmodSync(join(dir, tool), 0o755)
  }
  const server = createServer((socket) => {
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      if (!text.endsWith('\x1d')) return
      const reply = answer(read(text.slice(0, -1)))
      if (reply !== 'nothing yet') socket.end(`${reply.status} ${streamOf(reply)}\n${reply.says}`)
    })
    // The tool was killed.
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return { FAKE_PORT: String(typeof address === 'object' ? address?.port : '') }
}

export function streamOf({ status, to }: Answer): 'stdout' | 'stderr' {
  return to ?? (status === 0 ? 'stdout' : 'stderr')
}

function read(text: string): Call {
  const [words = '', variables = '', input = ''] = text.split('\x1e')
  const [tool = '', ...args] = words.split('\0').slice(0, -1)
  const env = variables
    .split('\0')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return { tool, args, env: Object.fromEntries(env), input }
}
