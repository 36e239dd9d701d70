import { createInterface } from 'node:readline/promises'
import { build } from '../infra/build.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openKnowledge } from './documents/knowledge-bases.ts'
import { EXIT, runProgram } from './program.ts'
import { ask } from './question.ts'
import { type Stack, startStack } from './stack.ts'
import { createReplyPrinter } from './terminal.ts'

const HELP = `Starts Vera on this machine, both tiers and all simulators, and answers the questions that you type.
Ctrl-C stops everything.

  npm start -- [--knowledge DIR] [--port N] [--json]

  --knowledge DIR  answer from the Markdown, HTML and text files in this folder
                   (default: this project's README and docs, and playground/knowledge)
  --port N         port of the edge (default: a free one)
  --json           print the addresses and credentials as one line of JSON, and take no questions
  --help           print this help`

await runProgram(async ({ onStop, interrupted }) => {
  const { help, json, knowledge, port, words } = readArguments(process.argv.slice(2))
  if (help) {
    console.log(HELP)
    return EXIT.ok
  }
  if (words !== '') throw new UsageError('npm start takes no question: use npm run ask -- "question"')

  const documents = await openKnowledge(knowledge)
  onStop(documents.close)
  await build()
  const stack = await startStack({
    knowledge: documents.bases,
    ...(port !== undefined && { edgePort: port }),
  })
  onStop(stack.close)

  if (json) {
    console.log(JSON.stringify(endpointsOf(stack)))
    await new Promise((resolve) => interrupted.addEventListener('abort', resolve))
    return EXIT.ok
  }
  introduce(stack, documents)
  await converse(stack, interrupted)
  return EXIT.ok
})

function endpointsOf(stack: Stack): Record<string, unknown> {
  return {
    edge: stack.edge.origin,
    slack: stack.slack.origin,
    lambda: stack.lambda.origin,
    bedrock: stack.bedrock.origin,
    dynamo: stack.dynamo.endpoint,
    credentials: stack.credentials,
  }
}

function introduce(stack: Stack, { url, summary }: { url: string; summary: string[] }): void {
  const { credentials: _, ...endpoints } = endpointsOf(stack)
  console.log('Vera is running. Nothing leaves this machine.\n')
  for (const [name, endpoint] of Object.entries({ ...endpoints, documents: url }))
    console.log(`  ${name.padEnd(10)} ${endpoint}`)
  console.log('\nThere is no language model here. A stand-in answers with quotations from these documents:\n')
  for (const line of summary) console.log(`  ${line}`)
  console.log('\nType a question: Ada will ask it in #general. Press Ctrl-C to stop everything.\n')
}

/** Answers questions until the input ends. If the input held no question at all, runs on until Ctrl-C. */
async function converse(stack: Stack, interrupted: AbortSignal): Promise<void> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: '> ',
    terminal: process.stdin.isTTY,
  })
  // On a terminal readline catches Ctrl-C: pass it on to the process.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  let ended = false
  lines.on('close', () => {
    ended = true
  })
  let askedAny = false
  lines.prompt()
  for await (const line of lines) {
    if (line.trim() !== '') {
      askedAny = true
      const printer = createReplyPrinter(process.stdout)
      printer.end(await ask(stack, line.trim(), printer.text, printer.step))
      console.log()
    }
    if (!ended) lines.prompt()
  }
  if (!askedAny) await new Promise((resolve) => interrupted.addEventListener('abort', resolve))
}
