import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'

interface Import {
  from: string
  /** A path inside the repository, or a package's name. */
  to: string
  typeOnly: boolean
}

const FILES = globSync('{edge,backend,infra,playground,test}/**/*.{ts,mjs}').concat('assistant.config.ts')
const imports = FILES.flatMap(importsOf)
const inside = imports.filter(({ to }) => FILES.includes(to))

function importsOf(from: string): Import[] {
  const { module } = parseSync(from, readFileSync(from, 'utf8'))
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
    specifier: readFileSync(from)
      .subarray(moduleRequest.start, moduleRequest.end)
      .toString()
      .replace(/^['"`]|['"`]$/g, ''),
    typeOnly: false,
  }))
  return [...named, ...reexported, ...dynamic].map(({ specifier, typeOnly }) => ({
    from,
    to: specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier,
    typeOnly,
  }))
}

function under(...prefixes: string[]) {
  return (path: string) =>
    prefixes.some(
      (prefix) => path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`),
    )
}

const NOUNS = [
  'handoff', 'assistant', 'history', 'query', 'prompt', 'passage', 'citations', 'pacer', 'deadline', 'failure',
  'clock', 'mrkdwn', 'address', 'markdown-tokens', 'markdown-inline', 'markdown-join', 'markdown-blocks', 'markdown-fence', 'markdown-lines', 'markdown-cut', 'safe-markdown', 'allowed', 'search', 'amount', 'late', 'question', 'report',
  'sentences', 'turn-record', 'watch',
].map((noun) => `backend/${noun}.ts`) // biome-ignore format: a list
const DECIDING = [
  'classify',
  'classify-event',
  'classify-click',
  'classify-command',
  'envelope',
  'decision',
  'signature',
].map((file) => `edge/${file}.ts`)
/** The steps of `answer`, in their order. */
const STEPS = ['accept', 'gather', 'relay'].map((step) => `backend/${step}.ts`)
const VERBS = ['answer', 'apologize', 'stop', 'rate'].map((verb) => `backend/${verb}.ts`)
const DOORS = ['backend/slack/', 'backend/bedrock/', 'backend/dynamo/']

/** May `from` import `to`? Undefined where no rule speaks of `from`. */
const RULES: {
  what: string
  from: (path: string) => boolean
  to: (path: string, typeOnly: boolean) => boolean
}[] = [
  {
    what: "edge/worker starts the app and the queue's consumer",
    from: under('edge/worker.ts'),
    to: under('edge/app.ts', 'edge/consume.ts', 'edge/bindings.ts', 'backend/handoff.ts'),
  },
  {
    what: 'what the edge decides rests on the verified body and nothing around it',
    from: under(...DECIDING),
    to: under(...DECIDING, 'backend/handoff.ts', 'backend/assistant.ts', 'assistant.config.ts'),
  },
  {
    what: 'the edge knows of the backend no more than the shape of what crosses, and of the config who is let in',
    from: under('edge/'),
    to: (path, typeOnly) =>
      under('edge/')(path) ||
      (typeOnly && under('backend/handoff.ts', 'backend/assistant.ts')(path)) ||
      path === 'assistant.config.ts',
  },
  {
    what: 'assistant.config takes only types',
    from: under('assistant.config.ts'),
    to: (path, typeOnly) => typeOnly && path === 'backend/assistant.ts',
  },
  {
    what: 'backend/handler switches',
    from: under('backend/handler.ts'),
    to: under('backend/wire.ts', 'backend/config.ts', 'backend/telemetry.ts', ...VERBS, ...NOUNS),
  },
  { what: 'backend/telemetry counts', from: under('backend/telemetry.ts'), to: under(...NOUNS) },
  {
    what: 'backend/wire composes',
    from: under('backend/wire.ts'),
    to: under('backend/config.ts', ...DOORS, ...VERBS, ...NOUNS),
  },
  {
    what: 'backend/config reads',
    from: under('backend/config.ts'),
    to: under('backend/assistant.ts', 'assistant.config.ts'),
  },
  {
    what: 'what the backend does rests on nouns, and answering on its steps',
    from: under(...VERBS),
    to: under(...STEPS, ...NOUNS),
  },
  {
    what: 'a step rests on nouns, and knows of another only what it gives',
    from: under(...STEPS),
    to: (path, typeOnly) => under(...NOUNS)(path) || (typeOnly && under(...STEPS)(path)),
  },
  { what: 'nouns rest on nouns', from: under(...NOUNS), to: under(...NOUNS) },
  ...DOORS.map((door) => ({
    what: `${door} rests on itself and on nouns`,
    from: under(door),
    to: under(door, ...NOUNS),
  })),
  {
    what: 'infra imports nothing of the program but the configuration',
    from: (path) => under('infra/')(path) && path !== 'infra/sections.ts',
    to: under('infra/'),
  },
  {
    what: 'infra/sections reads the configuration by its schema',
    from: under('infra/sections.ts'),
    to: under('assistant.config.ts', 'backend/assistant.ts', 'infra/deploy/to-mend.ts'),
  },
  {
    what: 'the playground starts both tiers',
    from: under('playground/'),
    to: under('playground/', 'edge/', 'backend/', 'infra/build.ts'),
  },
]

describe('who imports whom', () => {
  test.each(RULES)('$what', ({ from, to }) => {
    const found = inside.filter((entry) => from(entry.from))
    expect(found.filter((entry) => !to(entry.to, entry.typeOnly))).toEqual([])
  })

  test('every file of the backend is under a rule', () => {
    const ruled = (path: string) => RULES.some(({ from }) => from(path))
    expect(
      FILES.filter((path) => under('edge/', 'backend/', 'infra/', 'playground/')(path) && !ruled(path)),
    ).toEqual([])
  })

  test('of the config the edge takes who is let in, and nothing else', () => {
    const takers = imports.filter(({ from, to }) => from.startsWith('edge/') && to === 'assistant.config.ts')
    expect(takers.map(({ from }) => from)).toEqual(['edge/classify.ts'])
    expect(readFileSync('edge/classify.ts', 'utf8')).toContain(
      "import { access } from '../assistant.config.ts'",
    )
  })

  test('a body becomes a verified one in one place', () => {
    const checkers = inside.filter(({ to, typeOnly }) => to === 'edge/signature.ts' && !typeOnly)
    expect(checkers.map(({ from }) => from).filter((from) => !under('test/')(from))).toEqual([
      'edge/verify.ts',
    ])
  })

  test('clients are made in one place', () => {
    const makers = FILES.filter(
      (path) =>
        path.startsWith('backend/') &&
        /new \w*(?:Bedrock|DynamoDB|SecretsManager)\w*Client\(/.test(readFileSync(path, 'utf8')),
    )
    expect(makers).toEqual(['backend/wire.ts'])
  })

  test('the product imports no test and no playground', () => {
    expect(
      inside.filter(
        ({ from, to }) =>
          under('edge/', 'backend/', 'infra/', 'assistant.config.ts')(from) &&
          under('test/', 'playground/')(to),
      ),
    ).toEqual([])
    expect(inside.filter(({ from, to }) => !under('test/')(from) && under('test/')(to))).toEqual([])
  })

  test('the verbs and nouns of the backend know no SDK', () => {
    const packages = imports.filter(
      ({ from, to, typeOnly }) =>
        under(...VERBS, ...STEPS, ...NOUNS)(from) && !typeOnly && !FILES.includes(to),
    )
    expect(packages.filter(({ to }) => to !== 'valibot')).toEqual([])
  })

  test('every file is for somebody', () => {
    const names = ['package.json', 'cdk.json', 'wrangler.toml', 'vitest.config.ts', ...FILES]
    const texts = new Map(names.map((path) => [path, readFileSync(path, 'utf8')]))
    const named = (path: string) =>
      [...texts].some(([other, text]) => other !== path && text.includes(`${basename(path)}`))
    expect(FILES.filter((path) => !under('test/')(path) && !path.endsWith('.d.ts') && !named(path))).toEqual(
      [],
    )
  })

  test('nothing imports in a circle', () => {
    const next = new Map(
      FILES.map((file) => [
        file,
        inside.filter(({ from, typeOnly }) => from === file && !typeOnly).map(({ to }) => to),
      ]),
    )
    const circles: string[][] = []
    const visit = (file: string, way: string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file])
      else if (!done.has(file)) for (const to of next.get(file) ?? []) visit(to, [...way, file])
      done.add(file)
    }
    const done = new Set<string>()
    for (const file of FILES) visit(file, [])
    expect(circles).toEqual([])
  })
})
