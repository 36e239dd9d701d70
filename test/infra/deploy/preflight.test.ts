import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { originOf } from '../../../infra/deploy/steps/worker.ts'
import { fakeSections } from '../fake-sections.ts'
import { createDeployStage, type DeployStage } from './deploy-stage.ts'
import { CI_FLAGS, CI_SECRETS } from './empty-world.ts'
import { CHECKS } from './expected-calls.ts'

const { identity, knowledge, model } = fakeSections

const MODEL = 'anthropic.claude-haiku-5-5'
const EMBEDDING = 'amazon.titan-embed-text-v2:0'
const RERANK = 'cohere.rerank-v3-5:0'
/** With a site that the preflight accepts. */
const BASES = [{ name: 'wiki', source: 'confluence', site: 'https://fake.atlassian.invalid' } as const]
const NO_AGREEMENT = { agreementAvailability: { status: 'NOT_AVAILABLE' } }

/** Expects a deployment that stops in the preflight. */
async function expectStopped(stage: DeployStage, given: Record<string, string> = CI_SECRETS) {
  const { status, out, err } = await stage.run('deploy', CI_FLAGS, given)
  expect(status).toBe(1)
  expect(err).toMatch(/found, and nothing has been changed/)
  const lines = stage.lines().sort()
  expect(lines.filter((line) => !CHECKS.includes(line))).toEqual([])
  return { out, err, lines }
}

describe('the preflight reports all problems at once', () => {
  test('of the configuration, AWS and Cloudflare', async () => {
    const stage = await createDeployStage()
    Object.assign(stage.sections, {
      identity: { ...identity, name: 'A name that is far too long for Slack to take' },
      knowledge: {
        ...knowledge,
        bases: [{ name: 'wiki', source: 'confluence', site: 'https://your-site.atlassian.example' }],
      },
    })
    Object.assign(stage.world, {
      notBootstrapped: ['us-east-1'],
      vectors: false,
      form: false,
      subdomain: undefined,
      models: { [MODEL]: NO_AGREEMENT },
    })
    stage.failOnce('queues list', 'Queues are not enabled')
    const { out, err, lines } = await expectStopped(stage)
    expect(err).toContain('7 problems were found')
    for (const sentence of [
      /"wiki" is https:\/\/your-site\.atlassian\.example/,
      /identity\.name has 45 characters; Slack allows 35/,
      /not bootstrapped in us-east-1/,
      /S3 Vectors is not available in us-east-1/,
      /use-case form/,
      /Queues are not enabled/,
      /no workers\.dev subdomain yet.*https:\/\/dash\.cloudflare\.com\/f{32}\/workers\/onboarding/,
    ]) {
      expect(out).toMatch(sentence)
    }
    expect(lines).toEqual(CHECKS)
  })

  test('of both logins', async () => {
    const stage = await createDeployStage()
    Object.assign(stage.world, { accounts: undefined })
    stage.failOnce('aws sts', 'Unable to locate credentials')
    const { out, lines } = await expectStopped(stage)
    expect(out).toMatch(/Not logged in to AWS \(Unable to locate credentials\)/)
    expect(out).toMatch(/Not logged in to Cloudflare\. Run/)
    expect(lines).toEqual(['aws sts get-caller-identity', 'wrangler whoami'])
  })
})

/** The calls for existing bases and guardrails. */
const EXISTING = ['aws bedrock-agent get-knowledge-base', 'aws bedrock get-guardrail']

/** Checks that only warn if they fail, because a later step would report the problem. */
const ONLY_WARN = ['aws bedrock get-use-case-for-model-access', 'wrangler auth token']

test('each check that fails ends the preflight, and the next run checks again', async () => {
  const stage = await createDeployStage()
  for (const failing of new Set(CHECKS.filter((line) => !ONLY_WARN.includes(line)))) {
    stage.failOnce(failing)
    const { out, lines } = await expectStopped(stage)
    expect(lines).toContain(failing)
    expect(out).toMatch(/✗ .*a fake failure/)
  }
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
})

test.each(ONLY_WARN)('deploy warns and goes on if %s fails', async (failing) => {
  const stage = await createDeployStage()
  stage.failOnce(failing)
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({
    status: 0,
    err: '',
    out: expect.stringMatching(/! .*Could not determine .*a fake failure/),
  })
  expect(stage.lines()).toContain(failing)
})

test('a model without an agreement stops the deployment, also if the form cannot be checked', async () => {
  const stage = await createDeployStage()
  Object.assign(stage.world, { models: { [MODEL]: NO_AGREEMENT } })
  stage.failOnce('get-use-case', 'An error occurred (AccessDeniedException)')
  expect((await expectStopped(stage)).out).toMatch(/This account cannot call .*claude-haiku-5-5 yet/)
})

test('existing knowledge bases and an existing guardrail must exist and be ready', async () => {
  const stage = await createDeployStage({
    knowledge: {
      ...knowledge,
      region: 'us-west-2',
      bases: ['KB00000001', 'KB00000002', 'KB00000003'].map((id) => ({
        name: id.toLowerCase(),
        source: 'existing',
        id,
      })),
    },
    guardrail: { source: 'existing', id: 'gr00fake', version: '3' },
  })
  Object.assign(stage.world, {
    existing: { KB00000001: 'UPDATING', KB00000002: 'DELETING', 'gr00fake:2': 'READY' },
  })
  const { status, out, err } = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
  expect([status, err]).toEqual([1, expect.stringContaining('3 problems were found')])
  expect(out).toMatch(/✓ Found the knowledge base "kb00000001" \(KB00000001\) in us-west-2/)
  expect(out).toMatch(
    /✗ Found the knowledge base "kb00000002" \(KB00000002\) in us-west-2, but with the status DELETING/,
  )
  expect(out).toMatch(/✗ Did not find the knowledge base "kb00000003" \(KB00000003\) in us-west-2/)
  expect(out).toMatch(/✗ Did not find version 3 of the guardrail gr00fake in us-east-1/)
  for (const failing of EXISTING) {
    stage.failOnce(failing, 'An error occurred (AccessDeniedException)')
    expect((await stage.run('deploy', CI_FLAGS, CI_SECRETS)).out).toMatch(
      /Could not determine .*AccessDenied/,
    )
  }
})

test.each([
  [
    MODEL,
    { authorizationStatus: 'NOT_AUTHORIZED' },
    /✗ This account cannot call model\.id .* in .*us-east-1/,
  ],
  [MODEL, { entitlementAvailability: 'NOT_AVAILABLE' }, /✗ This account cannot call model\.id/],
  [MODEL, NO_AGREEMENT, /✗ This account cannot call model\.id/],
  [MODEL, { regionAvailability: 'NOT_AVAILABLE' }, /✗ model\.id .* is not available in us-east-1/],
  [
    EMBEDDING,
    { authorizationStatus: 'NOT_AUTHORIZED' },
    /✗ This account cannot call knowledge\.embedding\.model/,
  ],
  [EMBEDDING, { regionAvailability: 'NOT_AVAILABLE' }, /✗ knowledge\.embedding\.model .* is not available/],
  [RERANK, NO_AGREEMENT, /✗ This account cannot call knowledge\.rerankModel/],
])('%s with %j is reported', async (id, availability, sentence) => {
  const stage = await createDeployStage()
  Object.assign(stage.world, { models: { [id]: availability } })
  const { err, out } = await expectStopped(stage)
  expect(err).toContain('One problem was found')
  expect(out).toMatch(sentence)
})

test('an existing base of type KENDRA is refused with the reason, and the other types pass', async () => {
  const ids = ['KB00000001', 'KB00000002', 'KB00000003']
  const stage = await createDeployStage({
    knowledge: {
      ...knowledge,
      bases: ids.map((id) => ({ name: id.toLowerCase(), source: 'existing', id })),
    },
  })
  Object.assign(stage.world, {
    existing: Object.fromEntries(ids.map((id) => [id, 'ACTIVE'])),
    baseTypes: { KB00000001: 'KENDRA', KB00000002: 'MANAGED', KB00000003: 'SQL' },
  })
  const { status, out } = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
  expect(status).toBe(1)
  expect(out).toMatch(/✗ Found the knowledge base "kb00000001" .*of type KENDRA, which Vera does not search/)
  expect(out).toMatch(/✓ Found the knowledge base "kb00000002"/)
  expect(out).toMatch(/✓ Found the knowledge base "kb00000003"/)
})

test("Amazon's own models pass without an agreement", async () => {
  const stage = await createDeployStage()
  Object.assign(stage.world, { models: { [EMBEDDING]: NO_AGREEMENT } })
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
})

test('an inference profile that is not active is reported with its status', async () => {
  const stage = await createDeployStage()
  Object.assign(stage.world, { profileStatus: 'INACTIVE' })
  expect((await expectStopped(stage)).out).toMatch(/✗ model\.id us\..* has the status INACTIVE in us-east-1/)
})

test('an AWS CLI without S3 Vectors is reported as too old', async () => {
  const stage = await createDeployStage()
  stage.failOnce('s3vectors', 'aws: error: argument command: Invalid choice, valid choices are:')
  expect((await expectStopped(stage)).out).toMatch(/✗ This AWS CLI is too old for S3 Vectors/)
})

test.each([
  ['enough if the function itself holds the rest', 120, 20, true],
  ['enough for a first deployment', 120, undefined, true],
  ['not enough for a first deployment', 119, undefined, false],
  ['not enough, even with what the function holds', 119, 10, false],
])('concurrency is reserved exactly if there is %s', async (_, concurrency, reserved, reserves) => {
  const stage = await createDeployStage()
  Object.assign(stage.world, { concurrency, reserved })
  const { status, out } = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
  expect(status).toBe(0)
  const cdk = stage.calls().find(({ tool }) => tool === 'cdk')
  expect(cdk?.args.includes('reserveConcurrency=false')).toBe(!reserves)
  expect(out).toMatch(
    reserves ? /✓ Lambda can reserve 20 / : /! Lambda cannot reserve 20 .* at least 120 for/,
  )
})

test('each check is made in the region of what it checks', async () => {
  const stage = await createDeployStage({
    model: { ...model, region: 'us-west-2' },
    knowledge: {
      ...knowledge,
      region: 'ca-central-1',
      bases: [...BASES, { name: 'old', source: 'existing', id: 'KB00000001' }],
    },
  })
  Object.assign(stage.world, { existing: { KB00000001: 'ACTIVE' }, notBootstrapped: ['ca-central-1'] })
  const { status, out } = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
  expect([status, out]).toEqual([1, expect.stringContaining('not bootstrapped in ca-central-1')])
  const regions = stage.calls().flatMap(({ tool, args }) => {
    const after = (option: string) => (args.includes(option) ? args[args.indexOf(option) + 1] : undefined)
    const model = after('--model-id') ?? after('--model-identifier')
    return tool === 'aws' ? [[args[1], ...(model ? [model] : []), after('--region')].join(' ')] : []
  })
  expect(regions.sort()).toEqual(
    [
      `get-caller-identity us-east-1`,
      `get-account-settings us-east-1`,
      `get-function-concurrency us-east-1`,
      `get-parameter us-east-1`,
      `get-parameter us-west-2`,
      `get-parameter ca-central-1`,
      `get-inference-profile us-west-2`,
      `get-foundation-model-availability ${MODEL} us-west-2`,
      `get-use-case-for-model-access us-west-2`,
      `get-foundation-model ${EMBEDDING} ca-central-1`,
      `get-foundation-model-availability ${EMBEDDING} ca-central-1`,
      `get-foundation-model-availability ${RERANK} ca-central-1`,
      `list-vector-buckets ca-central-1`,
      `get-knowledge-base ca-central-1`,
    ].sort(),
  )
})

test('docs/deployment.md names the permission for each check', () => {
  const docs = readFileSync('docs/deployment.md', 'utf8')
  for (const line of [...CHECKS, ...EXISTING].filter((one) => one.startsWith('aws '))) {
    const action = line
      .split(' ')[2]
      ?.replaceAll(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase())
    expect(docs).toMatch(new RegExp(`\\b${action}\\b`))
  }
})

test('a model that needs an inference profile is refused by its own id', async () => {
  const stage = await createDeployStage()
  stage.sections.model = { ...model, id: 'anthropic.claude-haiku-5-5' }
  Object.assign(stage.world, { inferenceTypes: { 'anthropic.claude-haiku-5-5': ['INFERENCE_PROFILE'] } })
  expect((await expectStopped(stage)).out).toMatch(
    /model\.id anthropic\.claude-haiku-5-5 cannot be called by its own id .* us\.anthropic\.claude-haiku-5-5/,
  )
})

describe('the check of Cloudflare', () => {
  test('tells a failed call from a missing login', async () => {
    const stage = await createDeployStage()
    stage.failOnce('whoami', 'fetch failed')
    const { out } = await expectStopped(stage)
    expect(out).toMatch(/Could not determine who is logged in to Cloudflare\. The answer was: fetch failed/)
    expect(out).not.toContain('Not logged in')
  })

  test('warns and goes on if the API for the subdomain does not answer', async () => {
    const stage = await createDeployStage()
    const { status, out } = await stage.run('deploy', CI_FLAGS, {
      ...CI_SECRETS,
      CLOUDFLARE_API_BASE_URL: 'http://127.0.0.1:9',
    })
    expect([status, out]).toEqual([
      0,
      expect.stringContaining('has a workers.dev subdomain: 127.0.0.1:9 did not answer'),
    ])
  })

  test('stops if the remembered account is not listed, until another is named', async () => {
    const stage = await createDeployStage()
    const remembered = 'e'.repeat(32)
    writeFileSync(join(stage.dir, '.vera.json'), JSON.stringify({ cloudflareAccountId: remembered }))
    expect((await expectStopped(stage)).out).toContain(`does not list the Cloudflare account ${remembered}`)
    // Another account is remembered once it is named.
    const listed = 'f'.repeat(32)
    expect(
      await stage.run('deploy', CI_FLAGS, { ...CI_SECRETS, CLOUDFLARE_ACCOUNT_ID: listed }),
    ).toMatchObject({
      status: 0,
      err: '',
    })
    expect(JSON.parse(readFileSync(join(stage.dir, '.vera.json'), 'utf8'))).toMatchObject({
      cloudflareAccountId: listed,
    })
  })

  test('treats an empty CLOUDFLARE_ACCOUNT_ID as not set', async () => {
    const stage = await createDeployStage()
    await stage.run('deploy', CI_FLAGS, { ...CI_SECRETS, CLOUDFLARE_ACCOUNT_ID: '' })
    const accounts = stage
      .calls()
      .flatMap(({ args, env }) => (args[0] === 'queues' ? [env.CLOUDFLARE_ACCOUNT_ID] : []))
    expect(new Set(accounts)).toEqual(new Set(['f'.repeat(32)]))
  })

  test('stops without a terminal if there are several accounts and none is named', async () => {
    const stage = await createDeployStage()
    Object.assign(stage.world, { accounts: ['one', 'two'].map((name) => ({ id: `${name}-fake-id`, name })) })
    expect((await expectStopped(stage)).out).toContain('Provide CLOUDFLARE_ACCOUNT_ID')
  })
})

test('a Worker with its own domain needs no subdomain, and its address is the domain', async () => {
  const stage = await createDeployStage()
  const toml = join(stage.dir, 'wrangler.toml')
  const routes = 'workers_dev = false\nroutes = [{ pattern = "vera.acme.example", custom_domain = true }]'
  writeFileSync(toml, readFileSync(toml, 'utf8').replace('workers_dev = true', routes))
  Object.assign(stage.world, {
    subdomain: undefined,
    targets: ['Producer for vera-handoffs', 'vera.acme.example (custom domain)'],
  })
  const { status, out } = await stage.run('deploy', CI_FLAGS, CI_SECRETS)
  expect([status, out]).toEqual([0, expect.stringContaining('vera-edge is at https://vera.acme.example\n')])
  const lines = stage.lines()
  expect(lines).toContain('wrangler queues list')
  expect(lines).not.toContain('wrangler auth token')
})

test.each([
  ['https://vera-edge.acme.workers.dev', 'https://vera-edge.acme.workers.dev'],
  ['vera.acme.example (custom domain)', 'https://vera.acme.example'],
  [
    'vera.acme.example (custom domain - zone name: acme.example) [production: enabled]',
    'https://vera.acme.example',
  ],
  ['vera.acme.example/* (zone name: acme.example)', 'https://vera.acme.example'],
  ['vera.acme.example/*', 'https://vera.acme.example'],
  ['acme.example/slack/*', undefined],
  ['*.acme.example/*', undefined],
  ['Producer for vera-handoffs', undefined],
  ['schedule: 0 4 * * *', undefined],
])('for the deploy target "%s", the Worker has the address %s', (target, origin) => {
  expect(originOf(target)).toBe(origin)
})
