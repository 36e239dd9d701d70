import { fileURLToPath } from 'node:url'
import { openLocalState } from '../deploy/terminal/local-state.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { readSections } from '../settings/sections.ts'
import { createAppLink, manifestOf, readEdgeUrl } from '../settings/slack-manifest.ts'
import { UsageError } from '../settings/user-error.ts'

const HELP = `npm run manifest [-- URL]

Prints the manifest of the Slack app for the Worker at URL as JSON on standard output, and on standard error a link that
opens Slack's "create an app from a manifest" with it. Without URL, it takes the Worker that was deployed last.`

await runProgram(async () => {
  const [argument, ...more] = process.argv.slice(2)
  if (argument === '--help' || argument === '-h') return console.log(HELP)
  if (more.length > 0 || argument?.startsWith('-'))
    throw new UsageError('Expected one address and nothing else')
  const edgeUrl =
    argument ?? openLocalState(fileURLToPath(new URL('../..', import.meta.url)), true).read().edgeUrl
  if (edgeUrl === undefined)
    throw new UsageError('Nothing has been deployed from this folder: give the address of the Worker')
  const manifest = manifestOf(readSections(), readEdgeUrl(edgeUrl))
  console.log(JSON.stringify(manifest, null, 2))
  console.error(`\nTo create the app: ${createAppLink(manifest)}`)
})
