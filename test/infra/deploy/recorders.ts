import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** How a tool was called. */
export interface Call {
  tool: string
  args: string[]
  env: Record<string, string>
  /** What was on its standard input, for the calls that read it. */
  input: string
}

/** What the real tool would print, and how it would end: what it says of a failure goes to standard error. */
export interface Answer {
  status: number
  says: string
}

/**
 * Tells the test how it was called, and answers what the test says. `/dev/stdin` is opened anew, as aws and wrangler do it:
 * that fails where standard input is a socket. Bash, and little beside its own words, because a test calls it hundreds of times: Node takes ten times as long to start.
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
read -r status <&3
IFS= read -r -d '' says <&3
if [ "$status" = 0 ]; then printf %s "$says"; else printf %s "$says" >&2; fi
exit "$status"
`

/** Puts aws, cdk and wrangler into `dir`. They need the variables that come back. */
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
      const answered = answer(read(text.slice(0, -1)))
      if (answered !== 'nothing yet') socket.end(`${answered.status}\n${answered.says}`)
    })
    // A tool that was ended in the middle.
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return { FAKE_PORT: String(typeof address === 'object' ? address?.port : '') }
}

function read(text: string): Call {
  const [words = '', variables = '', input = ''] = text.split('\x1e')
  const [tool = '', ...args] = words.split('\0').slice(0, -1)
  const env = variables
    .split('\0')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return { tool, args, env: Object.fromEntries(env), input }
}
