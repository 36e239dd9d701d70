import { createInterface } from 'node:readline/promises'
import { build } from '../infra/build.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openKnowledge } from './documents/knowledge-bases.ts'
import { EXIT, runProgram } from './program.ts'
import { ask } from './question.ts'
import { type Stack, startStack } from './stack.ts'
import { createReplyPrinter } from './terminal.ts'

const HELP = `Starts both tiers and every far end on this machine, and asks for questions until Ctrl-C.

  npm start -- [--knowledge DIR] [--port N] [--json]

  --knowledge DIR  a folder of Markdown, HTML or text to answer from
                   (default: this project's own documents and playground/knowledge)
  --port N         the edge's port (default: one that is free)
  --json           print one line of JSON that says where everything is, and ask for nothing
  --help           this`

await runProgram(async ({ onStop, interrupted }) => {
  const { help, json, knowledge, port, words } = readArguments(process.argv.slice(2))
  if (help) {
    console.log(HELP)
    return EXIT.ok
  }
  if (words !== '') throw new UsageError(`npm start takes no question; npm run ask does`)

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
  console.log('Vera is running on this machine; nothing leaves it.\n')
  for (const [name, endpoint] of Object.entries({ ...endpoints, documents: url }))
    console.log(`  ${name.padEnd(10)} ${endpoint}`)
  console.log('\nAnswers are quoted from these documents by a stand-in, not written by a language model:\n')
  for (const line of summary) console.log(`  ${line}`)
  console.log('\nType a question, as Ada in #general. Ctrl-C stops everything.\n')
}

/** Asks for questions until the input ends; where there was none in it at all, until Ctrl-C. */
async function converse(stack: Stack, interrupted: AbortSignal): Promise<void> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: '> ',
    terminal: process.stdin.isTTY,
  })
  // On a terminal readline takes Ctrl-C for itself.
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
