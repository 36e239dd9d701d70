import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, expect, onTestFinished, vi } from 'vitest'
import type { Sections } from '../../../infra/settings/sections.ts'
import { BOT_SCOPES } from '../../../infra/settings/slack-manifest.ts'
import { fakeSections } from '../fake-sections.ts'
import { type Call, startRecorders } from './recorders.ts'
import { answerIn, type World } from './world.ts'

// A deployment starts thirty processes, and a test several deployments: on a machine that is busy they take their time.
vi.setConfig({ testTimeout: 90_000 })

/** What Node has compiled of the scripts that the tests of this file start. */
const COMPILED = join(tmpdir(), `vera-test-compiled-${process.pid}`)
afterAll(() => rmSync(COMPILED, { recursive: true, force: true }))

/** None of these may be seen anywhere but on the standard input of the one tool that it is for. */
export const SECRETS = {
  confluence: 'fake-confluence-token-000',
  signing: '0123456789abcdef0123456789abcdef',
  bot: 'xoxb-fake-bot-token',
  edgeKey: 'fake/edge/secret/access/key',
  cloudflare: 'fake-token-of-wrangler',
}

/** As a CI gives them. */
export const CI_SECRETS = {
  CONFLUENCE_API_TOKEN: SECRETS.confluence,
  SLACK_SIGNING_SECRET: SECRETS.signing,
  SLACK_BOT_TOKEN: SECRETS.bot,
}
export const CI_FLAGS = ['--yes', '--confluence-user', 'ada@fake.example', '--slack-app', 'new']

export const ARN = { edge: 'arn:fake:edge-key', slack: 'arn:fake:slack', wiki: 'arn:fake:wiki' }

/** The base of the stacks, as an output has it. */
export const WIKI = {
  name: 'wiki',
  knowledgeBaseId: 'KB00FAKE00',
  dataSourceId: 'DS00FAKE00',
  ingestionDescription: 'Source 00000000fake',
  credentialsArn: ARN.wiki,
}

const EMPTY: World = {
  bootstrapped: true,
  concurrency: 1000,
  models: {},
  inferenceTypes: {},
  form: true,
  vectors: true,
  accounts: [{ id: 'f'.repeat(32), name: 'Fake account' }],
  cloudflareToken: SECRETS.cloudflare,
  subdomain: 'fake',
  targets: ['https://vera-edge.fake.workers.dev', 'Producer for vera-handoffs', 'Consumer for vera-handoffs'],
  stack: false,
  alias: '1',
  edge: 'a fake Worker',
  outputs: {
    AnswerVersion: '1',
    EdgeKeySecretArn: ARN.edge,
    EdgeCallerUserName: 'fake-edge-user',
    SlackSecretArn: ARN.slack,
    TurnsTableName: 'fake-turns',
    DashboardUrl: 'https://console.fake.example/dashboard',
    AlarmTopicArn: 'arn:fake:alarms',
    KnowledgeBases: JSON.stringify([WIKI]),
  },
  secrets: {
    [ARN.edge]: JSON.stringify({ accessKeyId: 'AKIA00FAKE', secretAccessKey: SECRETS.edgeKey }),
    [ARN.slack]: JSON.stringify({ botToken: 'generated', teamId: 'not-set', appId: 'not-set' }),
    [ARN.wiki]: JSON.stringify({ username: 'not-set', password: 'generated' }),
  },
  keyMadeOn: '2025-12-31T00:00:00Z',
  existing: {},
  keys: ['AKIA00OWN'],
  jobs: [],
  readable: true,
  queues: [],
  edgeSecrets: [],
  versions: [],
  live: '',
}

export interface DeployStage {
  dir: string
  env: Record<string, string>
  world: World
  /** Starts a script with Node, without a terminal. */
  run(
    script: string,
    args: string[],
    more?: Record<string, string>,
  ): Promise<{ status: number; out: string; err: string }>
  /** Calls since the last look. */
  calls(): Call[]
  /** The same, each up to its first option. */
  lines(): string[]
  /** The next command whose line holds `when` fails, once. */
  failOnce(when: string, says?: string): void
  /** The next command whose line holds `when` goes on until it is ended. */
  hangOnce(when: string): void
  slack: {
    /** Those that came. */
    tokens: string[]
    scopes: string[]
    /** Tokens that are of no use any more. */
    refused: string[]
    /** Whose a token is, where not A00FAKE's. */
    apps: Record<string, string>
  }
}

/** What a whole deployment does after the checks, in this order. */
export const STEPS = [
  'cdk deploy',
  'aws lambda get-alias',
  'aws secretsmanager get-secret-value',
  'aws secretsmanager put-secret-value',
  'aws bedrock-agent list-ingestion-jobs',
  'aws bedrock-agent list-ingestion-jobs',
  'aws bedrock-agent start-ingestion-job',
  'aws bedrock-agent get-ingestion-job',
  'wrangler queues info vera-handoffs',
  'wrangler queues create vera-handoffs',
  'wrangler queues info vera-handoffs-dead',
  'wrangler queues create vera-handoffs-dead',
  'aws secretsmanager get-secret-value',
  'wrangler deploy',
  'aws secretsmanager get-secret-value',
  'wrangler secret list',
  'wrangler secret put SLACK_SIGNING_SECRET',
  'aws secretsmanager put-secret-value',
]

/** What is looked at before, some of it at the same time. */
export const CHECKS = [
  'aws bedrock get-foundation-model',
  'aws bedrock get-foundation-model-availability',
  'aws bedrock get-foundation-model-availability',
  'aws bedrock get-foundation-model-availability',
  'aws bedrock get-inference-profile',
  'aws bedrock get-use-case-for-model-access',
  'aws lambda get-account-settings',
  'aws lambda get-function-concurrency',
  'aws s3vectors list-vector-buckets',
  'aws ssm get-parameter',
  'aws sts get-caller-identity',
  'wrangler auth token',
  'wrangler queues list',
  'wrangler whoami',
]

/** Each secret was on the standard input of the tools named, and nowhere else. */
export function expectHidden(
  calls: Call[],
  printed: string,
  inputs: Partial<Record<keyof typeof SECRETS, string[]>>,
): void {
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect(printed).not.toContain(secret)
    for (const { args, env } of calls) expect(JSON.stringify([args, env])).not.toContain(secret)
    const readers = calls
      .filter(({ input }) => input?.includes(secret))
      .map(({ tool, args }) => `${tool} ${args[0]}`)
    expect([name, readers]).toEqual([name, inputs[name as keyof typeof SECRETS] ?? []])
  }
}

/** A copy of what `npm run deploy` reads, with a configuration of the tests' own, and recorders first on the PATH. */
export async function createDeployStage(change: Partial<Sections> = {}): Promise<DeployStage> {
  // The same for each test of a file, so that Node finds compiled what an earlier one has started.
  const dir = join(tmpdir(), `vera-test-${process.pid}`)
  mkdirSync(dir)
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const path of ['infra', 'edge', 'backend', 'package.json', 'tsconfig.json'])
    cpSync(path, join(dir, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(dir, 'node_modules'))
  const wrangler = readFileSync('wrangler.toml', 'utf8').replace(
    /^AWS_REGION = .*$/m,
    'AWS_REGION = "us-east-1"',
  )
  writeFileSync(join(dir, 'wrangler.toml'), wrangler.replace(/^region = .*$/m, 'region = "aws:us-east-1"'))
  writeSections(dir, change)

  const world = structuredClone(EMPTY)
  let failure: { when: string; says: string } | undefined
  let hanging: string | undefined
  const recorders = join(dir, 'recorders')
  mkdirSync(recorders)
  const { calls, variables } = await startRecorders(recorders, (call) => {
    const line = `${call.tool} ${call.args.join(' ')}`
    if (hanging !== undefined && line.includes(hanging)) {
      hanging = undefined
      return 'nothing yet'
    }
    if (!failure || !line.includes(failure.when)) return answerIn(world, dir, call)
    const { says } = failure
    failure = undefined
    return { status: 1, says }
  })
  const slack = await startFakeSlack()
  const cloudflareUrl = await startFakeCloudflare(world)
  const env = {
    ...variables,
    PATH: [recorders, process.env.PATH].join(delimiter),
    HOME: dir,
    TERM: 'xterm',
    SLACK_API_URL: slack.url,
    CLOUDFLARE_API_BASE_URL: cloudflareUrl,
    AWS_PROFILE: 'fake-profile',
    CLOUDFLARE_API_TOKEN: 'fake-cloudflare-token',
    NODE_COMPILE_CACHE: COMPILED,
  }
  const fresh = () => calls.splice(0)
  return {
    dir,
    env,
    world,
    slack: slack.is,
    async run(script, args, more = {}) {
      const child = spawn(process.execPath, [script, ...args], {
        cwd: dir,
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let out = ''
      let err = ''
      child.stdout.on('data', (chunk) => {
        out += chunk
      })
      child.stderr.on('data', (chunk) => {
        err += chunk
      })
      const [status] = await once(child, 'close')
      return { status, out, err }
    },
    calls: fresh,
    lines: () => fresh().map(({ tool, args }) => shortLine(tool, args)),
    failOnce(when, says = 'a fake failure\n') {
      failure = { when, says }
    },
    hangOnce(when) {
      hanging = when
    },
  }
}

/** With a site that could be, as far as a deployment can tell. */
const knowledge: Sections['knowledge'] = {
  ...fakeSections.knowledge,
  bases: [{ name: 'wiki', source: 'confluence', site: 'https://fake.atlassian.invalid' }],
}

/** assistant.config.ts of the copy. */
export function writeSections(dir: string, change: Partial<Sections>): void {
  const sections = Object.entries({ ...fakeSections, knowledge, ...change })
  const text = sections
    .map(([name, section]) => `export const ${name} = ${JSON.stringify(section, null, 2)}\n`)
    .join('')
  writeFileSync(join(dir, 'assistant.config.ts'), text)
}

/** `aws lambda get-alias`, `wrangler queues create vera-handoffs`: up to the first option. */
export function shortLine(tool: string, args: string[]): string {
  const options = args.findIndex((arg) => arg.startsWith('-'))
  return [tool, ...(options === -1 ? args : args.slice(0, options))].join(' ')
}

/** What a deployment asks of Slack: whose token it is. */
async function startFakeSlack(): Promise<{ url: string; is: DeployStage['slack'] }> {
  const is: DeployStage['slack'] = { tokens: [], scopes: Object.keys(BOT_SCOPES), refused: [], apps: {} }
  const server = createServer((request, response) => {
    is.tokens.push(request.headers.authorization ?? '')
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    response.setHeader('content-type', 'application/json')
    response.setHeader('x-oauth-scopes', is.scopes.join(','))
    if (is.refused.includes(token)) response.end(JSON.stringify({ ok: false, error: 'invalid_auth' }))
    else if (request.url === '/api/auth.test')
      response.end(JSON.stringify({ ok: true, team: 'Fake team', team_id: 'T00FAKE', bot_id: 'B00FAKE' }))
    else
      response.end(JSON.stringify({ ok: true, bot: { id: 'B00FAKE', app_id: is.apps[token] ?? 'A00FAKE' } }))
  }).listen(0, '127.0.0.1')
  return { url: `${await listening(server)}/api/`, is }
}

/** What a deployment asks Cloudflare itself: whether an account has a subdomain, with the token that wrangler has. */
async function startFakeCloudflare(world: World): Promise<string> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown): void =>
      void response.writeHead(status).end(JSON.stringify(body))
    const fault = (code: number, message: string) => ({
      success: false,
      errors: [{ code, message }],
      result: null,
    })
    if (request.headers.authorization !== `Bearer ${world.cloudflareToken}`)
      answer(403, fault(10000, 'Authentication error'))
    else if (!request.url?.endsWith('/workers/subdomain')) answer(404, fault(7003, 'No route'))
    else if (world.subdomain === undefined)
      answer(404, fault(10007, 'You need to register a workers.dev subdomain'))
    else answer(200, { success: true, errors: [], result: { subdomain: world.subdomain } })
  }).listen(0, '127.0.0.1')
  return listening(server)
}

async function listening(server: Server): Promise<string> {
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}
