import { benchBackend } from './backend.ts'
import { benchEdge } from './edge.ts'

const BENCHES: Record<string, () => Promise<void>> = { edge: benchEdge, backend: benchBackend }

const bench = BENCHES[process.argv[2] ?? '']
if (bench) await bench()
else {
  console.error(`Say which bench to run: npm run bench ${Object.keys(BENCHES).join('|')}`)
  process.exit(2)
}
