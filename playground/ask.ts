import { build } from '../infra/build.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openKnowledge } from './documents/knowledge-bases.ts'
import { EXIT, runProgram } from './program.ts'
import { ask } from './question.ts'
import { startStack } from './stack.ts'
import { createReplyPrinter, printTimeline } from './terminal.ts'

const HELP = `Asks Vera one question. Starts both tiers and all simulators on this machine, mentions Vera in a channel,
prints the reply as it streams, then its sources and the time of each step, and stops everything.

  npm run ask -- [--knowledge DIR] [--json] "question"

  --knowledge DIR  answer from the Markdown, HTML and text files in this folder
                   (default: this project's README and docs, and playground/knowledge)
  --json           print one line of JSON as the last line: outcome, text, citations, timeline, calls, reference
  --help           print this help

Exit status: 0 answered, 3 the documents do not hold the answer, 1 failed, 2 wrong usage.`

await runProgram(async ({ onStop }) => {
  const { help, json, knowledge, port, words } = readArguments(process.argv.slice(2))
  if (help) {
    console.log(HELP)
    return EXIT.ok
  }
  if (port !== undefined) throw new UsageError('--port works with npm start only')
  if (words === '') throw new UsageError('No question was given: add it in quotes, npm run ask -- "question"')

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
