import { fileURLToPath } from 'node:url'
import { createMemory } from '../deploy/terminal/local-state.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { readSections } from '../settings/sections.ts'
import { createAppLink, manifestOf, readEdgeUrl } from '../settings/slack-manifest.ts'
import { WrongUsage } from '../settings/user-error.ts'

const HELP = `npm run manifest [-- URL]

Prints the manifest of the Slack app for a Worker at URL, as JSON on standard output, and beside it the link that opens
Slack's "create an app from a manifest" with it. Without URL it is for the Worker that was deployed last.`

await runProgram(async () => {
  const [given, ...more] = process.argv.slice(2)
  if (given === '--help' || given === '-h') return console.log(HELP)
  if (more.length > 0 || given?.startsWith('-'))
    throw new WrongUsage('One address is meant, and nothing else')
  const known = given ?? createMemory(fileURLToPath(new URL('../..', import.meta.url)), true).recall().edgeUrl
  if (known === undefined)
    throw new WrongUsage('Nothing was deployed from here yet: give the address of the Worker')
  const manifest = manifestOf(readSections(), readEdgeUrl(known))
  console.log(JSON.stringify(manifest, null, 2))
  console.error(`\nTo make the app: ${createAppLink(manifest)}`)
})
