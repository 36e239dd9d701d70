import { parseArgs } from 'node:util'
import { build } from '../../infra/build.ts'
import { runSoak, type Soak } from './run-soak.ts'

// Asks hundreds of questions, many at a time, while the services around us fail, and judges each reply.

const SOAKS: Record<string, Soak> = {
  passing: {
    what: 'Slack, DynamoDB and deliveries fail now and then',
    turns: 300,
    atOnce: 30,
    hard: false,
    passing: ['whole answer'],
    mostModelCalls: 1,
  },
  hard: {
    what: 'Slack, DynamoDB, deliveries and Bedrock fail now and then, and processes are killed',
    turns: 300,
    atOnce: 30,
    hard: true,
    passing: ['whole answer', 'one reason'],
    mostModelCalls: 3,
  },
  minute: {
    what: "sixty questions in one minute, within Slack's rate limits",
    turns: 60,
    atOnce: 60,
    hard: false,
    limits: {},
    passing: ['whole answer'],
    mostModelCalls: 1,
  },
}

/** Any seed will do; this one makes runs comparable. */
const SEED = 20_261_124

const { values, positionals: chosen } = parseArgs({
  options: { seed: { type: 'string', default: String(SEED) } },
  allowPositionals: true,
})
const unknown = chosen.filter((name) => !(name in SOAKS))
if (unknown.length > 0) {
  console.error(`Unknown soak: ${unknown.join(', ')}. Choose from ${Object.keys(SOAKS).join(', ')}.`)
  process.exit(2)
}
await build()
let passed = true
for (const [name, soak] of Object.entries(SOAKS)) {
  if (chosen.length === 0 || chosen.includes(name))
    passed = (await runSoak(soak, Number(values.seed))) && passed
}
process.exit(passed ? 0 : 1)
