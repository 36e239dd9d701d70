import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { originOf } from '../../../infra/deploy/steps/worker.ts'
import { fakeSections } from '../fake-sections.ts'
import { createDeployStage, type DeployStage } from './deploy-stage.ts'
import { CI_FLAGS, CI_SECRETS } from './empty-world.ts'
import { CHECKS } from './expected-calls.ts'

const { identity, knowledge, model } = fakeSections

/** Expects a deployment that stops in the preflight. */
async function stopped(stage: DeployStage, given: Record<string, string> = CI_SECRETS) {
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
      bootstrapped: false,
      vectors: false,
      form: false,
      subdomain: undefined,
      models: { 'anthropic.claude-haiku-5-5': 'NOT_AVAILABLE' },
    })
    stage.failOnce('queues list', 'Queues are not enabled')
    const { out, err, lines } = await stopped(stage)
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
    const { out, lines } = await stopped(stage)
    expect(out).toMatch(/Not logged in to AWS \(Unable to locate credentials\)/)
    expect(out).toMatch(/Not logged in to Cloudflare\. Run/)
    expect(lines).toEqual(['aws sts get-caller-identity', 'wrangler whoami'])
  })
})

/** The calls for existing bases and guardrails. */
const EXISTING = ['aws bedrock-agent get-knowledge-base', 'aws bedrock get-guardrail']

/** Checks that only warn if they fail, because a later step would report the problem. */
const NOTED = ['aws bedrock get-use-case-for-model-access', 'wrangler auth token']

test('each check that fails ends the preflight, and the next run checks again', async () => {
  const stage = await createDeployStage()
  for (const failing of new Set(CHECKS.filter((line) => !NOTED.includes(line)))) {
    stage.failOnce(failing)
    const { out, lines } = await stopped(stage)
    expect(lines).toContain(failing)
    expect(out).toMatch(/✗ .*a fake failure/)
  }
  expect(await stage.run('deploy', CI_FLAGS, CI_SECRETS)).toMatchObject({ status: 0, err: '' })
})

test.each(NOTED)('deploy warns and goes on if %s fails', async (failing) => {
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
  Object.assign(stage.world, { models: { 'anthropic.claude-haiku-5-5': 'NOT_AVAILABLE' } })
  stage.failOnce('get-use-case', 'An error occurred (AccessDeniedException)')
  expect((await stopped(stage)).out).toMatch(/This account cannot call .*claude-haiku-5-5 yet/)
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
    existing: { KB00000001: 'ACTIVE', KB00000002: 'DELETING', 'gr00fake:2': 'READY' },
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
  expect((await stopped(stage)).out).toMatch(
    /model\.id anthropic\.claude-haiku-5-5 cannot be called by its own id .* us\.anthropic\.claude-haiku-5-5/,
  )
})

describe('the check of Cloudflare', () => {
  test('tells a failed call from a missing login', async () => {
    const stage = await createDeployStage()
    stage.failOnce('whoami', 'fetch failed')
    const { out } = await stopped(stage)
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
    expect((await stopped(stage)).out).toContain(`does not list the Cloudflare account ${remembered}`)
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
    expect((await stopped(stage)).out).toContain('Provide CLOUDFLARE_ACCOUNT_ID')
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
