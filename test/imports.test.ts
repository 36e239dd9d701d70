import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'

interface Import {
  from: string
  /** A path inside the repository, or the name of a package. */
  to: string
  typeOnly: boolean
  /** The file is not imported but started as a thread or read: `new URL('./file.ts', import.meta.url)`. */
  located?: boolean
}

const FILES = globSync('{edge,backend,infra,playground,test}/**/*.{ts,mjs}').concat(
  'assistant.config.ts',
  'vitest.config.ts',
)
const imports = FILES.flatMap(importsOf)
const inside = imports.filter(({ to }) => FILES.includes(to))

/** Everything that a file imports or locates, types included. */
function importsOf(from: string): Import[] {
  const source = readFileSync(from, 'utf8')
  const { module } = parseSync(from, source)
  const named = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
  }))
  const reexported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest ? [{ specifier: moduleRequest.value, typeOnly: isType }] : [],
    ),
  )
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => ({
    specifier: source.slice(moduleRequest.start, moduleRequest.end).replace(/^['"`]|['"`]$/g, ''),
    typeOnly: false,
  }))
  const located = [...source.matchAll(/new URL\(['"`](\.[^'"`]+)['"`], import\.meta\.url\)/g)].map(
    ([, specifier = '']) => ({ specifier, typeOnly: false, located: true }),
  )
  return [...named, ...reexported, ...dynamic, ...located].map(({ specifier, ...how }) => ({
    from,
    to: specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier,
    ...how,
  }))
}

/** Files that every room of the backend may import. */
const SHARED = [
  'turn-record',
  'failure',
  'sentences',
  'interruption',
  'deadline',
  'clock',
  'retry',
  'shorten',
  'handoff',
  'assistant',
].map((noun) => `backend/${noun}.ts`)

/** Types of the backend that the edge and infra may import. */
const SHAPES = ['backend/handoff.ts', 'backend/assistant.ts']

/**
 * What each room may import apart from itself. A room is a folder (its name ends with `/`) or a file; the longest
 * name that fits a file decides. `type:` allows only `import type`.
 */
const MAY: Record<string, string[]> = {
  'assistant.config.ts': ['type:backend/assistant.ts'],

  'edge/': ['edge/', 'type:backend/handoff.ts', 'type:backend/assistant.ts'],
  'edge/worker.ts': ['edge/app.ts', 'edge/queue-consumer.ts', 'edge/bindings.ts', 'type:backend/handoff.ts'],
  // A decision of the edge depends on the verified body alone.
  'edge/classify/': ['type:edge/signature.ts', ...SHAPES.map((shape) => `type:${shape}`)],
  'edge/classify/classify.ts': [
    'edge/classify/',
    'type:edge/signature.ts',
    'type:backend/assistant.ts',
    'assistant.config.ts',
  ],

  'backend/markdown/': [],
  'backend/prompt/': SHARED,
  'backend/turn/': ['backend/prompt/', 'backend/markdown/', ...SHARED],
  'backend/slack/': ['type:backend/turn/', 'backend/prompt/', 'backend/markdown/', ...SHARED],
  // The lowest layer of slack/: it imports nothing of the layers above.
  'backend/slack/api/': SHARED,
  'backend/bedrock/': ['backend/prompt/', ...SHARED],
  'backend/dynamo/': ['type:backend/turn/', ...SHARED],
  'backend/telemetry.ts': ['backend/turn/', ...SHARED],
  'backend/config.ts': ['backend/assistant.ts', 'assistant.config.ts'],
  'backend/wire.ts': ['backend/'],
  'backend/handler.ts': [
    'backend/wire.ts',
    'backend/config.ts',
    'backend/telemetry.ts',
    'backend/turn/',
    ...SHARED,
  ],
  ...Object.fromEntries(SHARED.map((noun) => [noun, SHARED])),

  'infra/': ['infra/'],
  'infra/build.ts': [],
  'infra/settings/': [],
  'infra/settings/sections.ts': ['infra/settings/', 'assistant.config.ts', 'backend/assistant.ts'],
  'infra/constructs/': ['infra/settings/', 'infra/build.ts'],
  'infra/stack.ts': ['infra/constructs/', 'infra/settings/'],
  'infra/app.ts': ['infra/build.ts', 'infra/stack.ts', 'infra/constructs/', 'infra/settings/'],
  'infra/deploy/terminal/': ['infra/settings/', 'infra/build.ts'],
  'infra/deploy/preflight/': ['infra/deploy/terminal/', 'infra/settings/'],
  'infra/deploy/steps/': ['infra/deploy/terminal/', 'infra/settings/', 'infra/build.ts'],
  'infra/deploy/': ['infra/deploy/', 'infra/settings/'],
  'infra/commands/': ['infra/deploy/', 'infra/settings/', 'infra/constructs/'],

  'playground/': ['playground/', 'edge/', 'backend/', 'infra/build.ts'],
  'test/': ['test/', 'edge/', 'backend/', 'infra/', 'playground/', 'assistant.config.ts'],
  'vitest.config.ts': [],
}

const covers = (room: string, path: string): boolean =>
  room.endsWith('/') ? path.startsWith(room) : path === room

function roomOf(path: string): string | undefined {
  return Object.keys(MAY)
    .filter((room) => covers(room, path))
    .sort((a, b) => b.length - a.length)[0]
}

function isAllowed({ from, to, typeOnly }: Import): boolean {
  const room = roomOf(from)
  if (room === undefined) return false
  const allowed = [...(MAY[room] ?? []), ...(room.endsWith('/') ? [room] : [])]
  return allowed.some((entry) =>
    entry.startsWith('type:') ? typeOnly && covers(entry.slice('type:'.length), to) : covers(entry, to),
  )
}

/** Every file that can be reached from `starts` by imports. */
function reachable(starts: readonly string[], edges: readonly Import[]): Set<string> {
  const reached = new Set(starts)
  for (const file of reached) for (const { from, to } of edges) if (from === file) reached.add(to)
  return reached
}

/** The files that npm scripts, the CDK, wrangler, Lambda's bundle and vitest start with. */
function entryPoints(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  const { app } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { app: string }
  const commands = [...Object.values(scripts), app].join('\n')
  const started = [...commands.matchAll(/(?:\.\/)?((?:[\w-]+\/)+[\w-]+\.(?:ts|mjs))/g)].map(
    ([, path = '']) => path,
  )
  const worker = /^main = "(.+)"$/m.exec(readFileSync('wrangler.toml', 'utf8'))?.[1] ?? ''
  const lambda = /bundleFunction\('(.+?)'/.exec(readFileSync('infra/build.ts', 'utf8'))?.[1] ?? ''
  const vitest = /globalSetup: '\.\/(.+?)'/.exec(readFileSync('vitest.config.ts', 'utf8'))?.[1] ?? ''
  const tests = FILES.filter((path) => path.endsWith('.test.ts'))
  return [...started, worker, lambda, vitest, 'vitest.config.ts', ...tests]
}

describe('who imports whom', () => {
  test.each(Object.keys(MAY))('%s imports only what the table allows', (room) => {
    const found = inside.filter(({ from }) => roomOf(from) === room)
    expect(found.filter((entry) => !isAllowed(entry))).toEqual([])
  })

  test('every file has a room in the table', () => {
    expect(FILES.filter((path) => roomOf(path) === undefined)).toEqual([])
  })

  test('every room in the table has a file', () => {
    const rooms = new Set(FILES.map(roomOf))
    expect(Object.keys(MAY).filter((room) => !rooms.has(room))).toEqual([])
  })

  test('the edge imports only `access` from the config', () => {
    const importers = imports.filter(
      ({ from, to }) => from.startsWith('edge/') && to === 'assistant.config.ts',
    )
    expect(importers.map(({ from }) => from)).toEqual(['edge/classify/classify.ts'])
    expect(readFileSync('edge/classify/classify.ts', 'utf8')).toContain(
      "import { access } from '../../assistant.config.ts'",
    )
  })

  test('only edge/verify.ts can make a verified body', () => {
    const checkers = inside.filter(({ to, typeOnly }) => to === 'edge/signature.ts' && !typeOnly)
    expect(checkers.map(({ from }) => from).filter((from) => !from.startsWith('test/'))).toEqual([
      'edge/verify.ts',
    ])
  })

  test('only backend/wire.ts creates AWS clients', () => {
    const creators = FILES.filter(
      (path) =>
        path.startsWith('backend/') &&
        /new \w*(?:Bedrock|DynamoDB|SecretsManager)\w*Client\(/.test(readFileSync(path, 'utf8')),
    )
    expect(creators).toEqual(['backend/wire.ts'])
  })

  test('turn/, prompt/, markdown/ and the shared files import no package but valibot', () => {
    const rooms = ['backend/turn/', 'backend/prompt/', 'backend/markdown/', ...SHARED]
    const packages = imports.filter(
      ({ from, to, typeOnly }) =>
        rooms.some((room) => covers(room, from)) && !typeOnly && !FILES.includes(to),
    )
    expect(packages.filter(({ to }) => to !== 'valibot')).toEqual([])
  })

  test('every file can be reached from an entry point by imports', () => {
    const reached = reachable(entryPoints(), inside)
    expect(FILES.filter((path) => !path.endsWith('.d.ts') && !reached.has(path))).toEqual([])
  })

  test('every file of the program can be reached without the tests', () => {
    const program = entryPoints().filter((path) => !path.startsWith('test/'))
    const reached = reachable(program, inside)
    const files = FILES.filter((path) => !path.startsWith('test/') && !path.endsWith('.d.ts'))
    expect(files.filter((path) => !reached.has(path))).toEqual([])
  })

  test('no file imports itself through others, not even for a type', () => {
    const next = new Map(
      FILES.map((file) => [file, inside.filter(({ from, located }) => from === file && !located)]),
    )
    const cycles: string[][] = []
    const done = new Set<string>()
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file])
      else if (!done.has(file)) for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
      done.add(file)
    }
    for (const file of FILES) visit(file, [])
    expect(cycles).toEqual([])
  })
})
