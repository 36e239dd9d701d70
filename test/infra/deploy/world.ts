import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Availability } from '../../../infra/deploy/preflight/model-availability.ts'
import type { WorkerVersion } from '../../../infra/deploy/steps/earlier-release.ts'
import type { IngestionJob } from '../../../infra/deploy/steps/ingestion.ts'
import type { Answer, Call } from './recorders.ts'

/** The state of the fake AWS and Cloudflare. */
export interface World {
  /** Regions in which the CDK is not bootstrapped. */
  notBootstrapped: string[]
  /** The account's limit. */
  concurrency: number
  /** The part of it that vera-answer has reserved. */
  reserved: number | undefined
  /** Restrictions of models. Without an entry, everything is available. */
  models: Record<string, Partial<Availability>>
  /** The status of the inference profile. */
  profileStatus: string
  /** Inference types of models, if they are not ON_DEMAND. */
  inferenceTypes: Record<string, string[]>
  form: boolean
  vectors: boolean
  accounts: { id: string; name: string }[] | undefined
  cloudflareToken: string
  /** The account's subdomain below workers.dev. */
  subdomain: string | undefined
  /** The addresses that wrangler reports for the Worker. */
  targets: string[]
  stack: boolean
  alias: string
  /** The Worker's bundle, which `cdk deploy` writes. */
  edge: string
  outputs: Record<string, string>
  secrets: Record<string, string>
  /** A date, as in version 2 of the AWS CLI, or seconds, as in version 1. */
  keyCreatedOn: string | number
  /** Status of existing bases and guardrails. */
  existing: Record<string, string>
  /** Types of existing bases, if they are not VECTOR. */
  baseTypes?: Record<string, string>
  /** Access keys of the edge's user. Undefined if there is no user. */
  keys: string[] | undefined
  /** The ingestion jobs of the source, the latest last. */
  jobs: IngestionJob[]
  /** Ingestion jobs succeed. */
  readable: boolean
  queues: string[]
  edgeSecrets: Record<string, string>
  versions: WorkerVersion[]
  live: string
  /** The version that shares the requests with the live one. */
  alsoLive: string | undefined
}

/** The end of a job that fails. */
export const FAILED = { status: 'FAILED', failureReasons: ['The fake token was refused.'] } as const

/**
 * Answers a call as the real tool would in `dir`, and changes the world. The texts are those of the real
 * tools.
 */
export function answerIn(world: World, dir: string, { tool, args, env, input }: Call): Answer {
  const at = (option: string): string => args[args.indexOf(option) + 1] ?? ''
  const ok = (value: unknown = ''): Answer => ({
    status: 0,
    says: typeof value === 'string' ? value : JSON.stringify(value),
  })
  const fail = (says: string, status = 254): Answer => ({ status, says: `${says}\n` })
  const addVersion = (annotations: NonNullable<WorkerVersion['annotations']>): void => {
    world.live = `version-${world.versions.length}`
    // Versions are one minute apart, beginning on a fixed day.
    const created_on = new Date(Date.UTC(2026, 0, 1, 0, world.versions.length)).toISOString()
    world.versions.push({ id: world.live, metadata: { created_on }, annotations })
  }
  const onQueue = (name: string | undefined, change: () => void): Answer => {
    if (!world.queues.includes(name ?? '')) return fail(`✘ [ERROR] Queue "${name}" does not exist.`, 1)
    change()
    return ok()
  }

  const tools: Record<string, Record<string, () => Answer>> = {
    aws: {
      'sts get-caller-identity': () =>
        ok({ Account: '000000000000', Arn: 'arn:aws:iam::000000000000:user/fake' }),
      'ssm get-parameter': () =>
        !world.notBootstrapped.includes(at('--region'))
          ? ok({ Parameter: { Value: '30' } })
          : fail('An error occurred (ParameterNotFound) when calling GetParameter'),
      'lambda get-account-settings': () =>
        ok({
          AccountLimit: {
            ConcurrentExecutions: world.concurrency,
            UnreservedConcurrentExecutions: world.concurrency - (world.reserved ?? 0),
          },
        }),
      'lambda get-function-concurrency': () =>
        world.reserved === undefined
          ? fail('An error occurred (ResourceNotFoundException) when calling GetFunctionConcurrency')
          : ok({ ReservedConcurrentExecutions: world.reserved }),
      'lambda get-function-configuration': () => ok({ Version: at('--qualifier') }),
      'lambda get-alias': () => ok({ FunctionVersion: world.alias }),
      'lambda update-alias': () => {
        world.alias = at('--function-version')
        return ok({ FunctionVersion: world.alias })
      },
      'bedrock get-inference-profile': () => ok({ status: world.profileStatus }),
      'bedrock get-foundation-model-availability': () =>
        ok({
          agreementAvailability: { status: 'AVAILABLE' },
          authorizationStatus: 'AUTHORIZED',
          entitlementAvailability: 'AVAILABLE',
          regionAvailability: 'AVAILABLE',
          ...world.models[at('--model-id')],
        }),
      'bedrock get-foundation-model': () =>
        ok({
          modelDetails: {
            inferenceTypesSupported: world.inferenceTypes[at('--model-identifier')] ?? ['ON_DEMAND'],
          },
        }),
      'bedrock get-use-case-for-model-access': () =>
        world.form
          ? ok({ formData: 'ZmFrZQ==' })
          : fail('An error occurred (ResourceNotFoundException) when calling GetUseCaseForModelAccess'),
      'bedrock-agent get-knowledge-base': () => {
        const status = world.existing[at('--knowledge-base-id')]
        const type = world.baseTypes?.[at('--knowledge-base-id')] ?? 'VECTOR'
        return status
          ? ok({ knowledgeBase: { status, knowledgeBaseConfiguration: { type } } })
          : fail('An error occurred (ResourceNotFoundException) when calling the GetKnowledgeBase operation')
      },
      'bedrock get-guardrail': () => {
        const status = world.existing[`${at('--guardrail-identifier')}:${at('--guardrail-version')}`]
        return status
          ? ok({ status })
          : fail('An error occurred (ResourceNotFoundException) when calling the GetGuardrail operation')
      },
      's3vectors list-vector-buckets': () =>
        world.vectors
          ? ok({ vectorBuckets: [] })
          : fail('Could not connect to the endpoint URL: "https://s3vectors.fake"', 255),
      'secretsmanager get-secret-value': () => ok({ SecretString: world.secrets[at('--secret-id')] }),
      'secretsmanager put-secret-value': () => {
        world.secrets[at('--secret-id')] = input
        return ok({})
      },
      'secretsmanager list-secret-version-ids': () =>
        ok({ Versions: [{ VersionStages: ['AWSCURRENT'], CreatedDate: world.keyCreatedOn }] }),
      'bedrock-agent list-ingestion-jobs': () => {
        const complete = args.includes('--filters')
        const found = world.jobs.findLast(({ status }) => !complete || status === 'COMPLETE')
        return ok({ ingestionJobSummaries: found ? [{ ...found, failureReasons: undefined }] : [] })
      },
      'bedrock-agent start-ingestion-job': () => {
        const job: IngestionJob = {
          ingestionJobId: `JOB00FAKE${world.jobs.length}`,
          status: 'STARTING',
          description: at('--description'),
        }
        world.jobs.push(job)
        return ok({ ingestionJob: job })
      },
      'bedrock-agent stop-ingestion-job': () => {
        const job = world.jobs.find(({ ingestionJobId }) => ingestionJobId === at('--ingestion-job-id'))
        Object.assign(job ?? {}, { status: 'STOPPING' })
        return ok({ ingestionJob: job })
      },
      'bedrock-agent get-ingestion-job': () => {
        const job = world.jobs.find(({ ingestionJobId }) => ingestionJobId === at('--ingestion-job-id'))
        if (!job) return fail('An error occurred (ResourceNotFoundException) when calling GetIngestionJob')
        const seen = { numberOfDocumentsScanned: 7, numberOfNewDocumentsIndexed: 7 }
        if (job.status === 'STARTING')
          Object.assign(job, world.readable ? { status: 'COMPLETE', statistics: seen } : FAILED)
        // Show the job once more as STOPPING, and then as STOPPED.
        const seenAs = { ...job }
        if (job.status === 'STOPPING') job.status = 'STOPPED'
        return ok({ ingestionJob: seenAs })
      },
      'cloudformation describe-stacks': () => {
        const Outputs = Object.entries(world.outputs).map(([OutputKey, OutputValue]) => ({
          OutputKey,
          OutputValue,
        }))
        return world.stack
          ? ok({ Stacks: [{ Outputs }] })
          : fail('An error occurred (ValidationError): Stack with id Vera does not exist')
      },
      'cloudformation describe-stack-resources': () =>
        ok({
          StackResources: [{ ResourceType: 'AWS::IAM::AccessKey', PhysicalResourceId: world.keys?.[0] }],
        }),
      'iam list-access-keys': () =>
        world.keys
          ? ok({ AccessKeyMetadata: world.keys.map((AccessKeyId) => ({ AccessKeyId })) })
          : fail('An error occurred (NoSuchEntity) when calling the ListAccessKeys operation'),
      'iam delete-access-key': () => {
        world.keys = world.keys?.filter((key) => key !== at('--access-key-id'))
        return ok()
      },
    },
    cdk: {
      deploy: () => {
        mkdirSync(join(dir, 'dist/edge'), { recursive: true })
        writeFileSync(join(dir, 'dist/edge/worker.js'), world.edge)
        world.stack = true
        writeFileSync(at('--outputs-file'), JSON.stringify({ Vera: world.outputs }))
        return ok()
      },
      destroy: () => {
        const isRead = world.jobs.some(({ status }) => /STARTING|IN_PROGRESS|STOPPING/.test(status))
        if (isRead)
          return fail('ConflictException: a data source with an ingestion job under way cannot be deleted', 1)
        world.stack = false
        return ok()
      },
    },
    wrangler: {
      whoami: () =>
        world.accounts
          ? ok({ loggedIn: true, email: 'fake@fake.example', accounts: world.accounts })
          : { status: 1, says: JSON.stringify({ loggedIn: false }, null, 2), to: 'stdout' },
      'auth token': () => ok({ type: 'oauth', token: world.cloudflareToken }),
      'queues list': () => ok('a table'),
      'queues info': () => onQueue(args[2], () => undefined),
      'queues create': () => {
        world.queues.push(args[2] ?? '')
        return ok()
      },
      'queues consumer remove': () => onQueue(args[3], () => undefined),
      'queues delete': () =>
        onQueue(args[2], () => {
          world.queues = world.queues.filter((queue) => queue !== args[2])
        }),
      deploy: () => {
        Object.assign(world.edgeSecrets, JSON.parse(input))
        addVersion({ 'workers/tag': at('--tag'), 'workers/triggered_by': 'upload' })
        const report = { type: 'deploy', version: 1, targets: world.targets }
        appendFileSync(
          env.WRANGLER_OUTPUT_FILE_PATH ?? '',
          `{"type":"wrangler-session","version":1}\n${JSON.stringify(report)}\n`,
        )
        return ok()
      },
      'secret list': () => ok(Object.keys(world.edgeSecrets).map((name) => ({ name, type: 'secret_text' }))),
      'secret put': () => {
        world.edgeSecrets[args[2] ?? ''] = input
        addVersion({ 'workers/triggered_by': 'secret' })
        return ok()
      },
      'versions list': () => ok(world.versions),
      'deployments status': () =>
        ok({
          versions: [world.live, world.alsoLive].flatMap((version_id) =>
            version_id === undefined ? [] : [{ version_id, percentage: world.alsoLive ? 50 : 100 }],
          ),
        }),
      rollback: () => {
        world.live = args[1] ?? ''
        return ok()
      },
      delete: () => {
        if (world.live === '')
          return fail('✘ [ERROR] This Worker does not exist on your account. [code: 10007]', 1)
        world.live = ''
        world.edgeSecrets = {}
        return ok()
      },
    },
  }
  const line = args.join(' ')
  const found = Object.entries(tools[tool] ?? {}).find(
    ([words]) => line === words || line.startsWith(`${words} `),
  )
  return found ? found[1]() : fail(`this world knows no call ${tool} ${line}`)
}
