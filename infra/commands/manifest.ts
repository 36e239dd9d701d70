import { fileURLToPath } from 'node:url'
import { openLocalState } from '../deploy/terminal/local-state.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { readSections } from '../settings/sections.ts'
import { createAppLink, manifestOf, readEdgeUrl } from '../settings/slack-manifest.ts'
import { UsageError } from '../settings/user-error.ts'

const HELP = `npm run manifest [-- URL]

Prints the manifest of the Slack app for a Worker at URL, as JSON on standard output, and beside it the link that opens
Slack's "create an app from a manifest" with it. Without URL it is for the Worker that was deployed last.`

await runProgram(async () => {
  const [argument, ...more] = process.argv.slice(2)
  if (argument === '--help' || argument === '-h') return console.log(HELP)
  if (more.length > 0 || argument?.startsWith('-'))
    throw new UsageError('One address is meant, and nothing else')
  const edgeUrl =
    argument ?? openLocalState(fileURLToPath(new URL('../..', import.meta.url)), true).read().edgeUrl
  if (edgeUrl === undefined)
    throw new UsageError('Nothing was deployed from here yet: give the address of the Worker')
  const manifest = manifestOf(readSections(), readEdgeUrl(edgeUrl))
  console.log(JSON.stringify(manifest, null, 2))
  console.error(`\nTo make the app: ${createAppLink(manifest)}`)
})
