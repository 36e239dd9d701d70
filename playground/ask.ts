import { build } from '../infra/build.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openKnowledge } from './documents/knowledge-bases.ts'
import { EXIT, runProgram } from './program.ts'
import { ask } from './question.ts'
import { startStack } from './stack.ts'
import { createReplyPrinter, printTimeline } from './terminal.ts'

const HELP = `Asks one question: starts both tiers and every far end on this machine, mentions Vera in a channel,
prints the reply as it streams, its sources and where the time went, and stops everything.

  npm run ask -- [--knowledge DIR] [--json] "question"

  --knowledge DIR  a folder of Markdown, HTML or text to answer from
                   (default: this project's own documents and playground/knowledge)
  --json           print one line of JSON, the last of stdout: outcome, text, citations, timeline, calls, reference
  --help           this

Exit status: 0 answered, 3 not found, 1 failed, 2 wrong usage.`

await runProgram(async ({ onStop }) => {
  const { help, json, knowledge, port, words } = readArguments(process.argv.slice(2))
  if (help) {
    console.log(HELP)
    return EXIT.ok
  }
  if (port !== undefined) throw new UsageError('--port is for npm start')
  if (words === '') throw new UsageError('There is no question')

  const documents = await openKnowledge(knowledge)
  onStop(documents.close)
  await build()
  const stack = await startStack({ knowledge: documents.bases })
  onStop(stack.close)

  const out = process.stdout
  const printer = json ? undefined : createReplyPrinter(out)
  const asked = await ask(stack, words, printer?.text, printer?.step)
  printer?.end(asked)
  if (json) console.log(JSON.stringify(asked))
  else printTimeline(asked, out)
  return { answered: EXIT.ok, 'not-found': EXIT.notFound, failed: EXIT.failed }[asked.outcome]
})
