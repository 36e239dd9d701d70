import { dirname } from 'node:path'
import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { BACKEND_BUNDLE } from '../build.ts'
import { RETAIN_POLICY } from './retain-policy.ts'
import type { SlackSecret } from './slack-secret.ts'
import type { TurnsTable } from './turns-table.ts'

/**
 * The variables of backend/config.ts that a deployment sets. Lambda itself sets AWS_REGION and lets nobody
 * change it.
 */
export interface BackendVariables {
  TURNS_TABLE: string
  SLACK_SECRET_ARN: string
  MODEL_ID: string
  MODEL_REGION: string
  KNOWLEDGE_REGION: string
  KNOWLEDGE_BASES?: string
  RERANK_MODEL_ARN?: string
  GUARDRAIL_ID: string
  GUARDRAIL_VERSION: string
}

/** The parts that both functions share. */
export interface Backend {
  variables: BackendVariables
  turns: TurnsTable
  slackSecret: SlackSecret
  logRetentionDays: number
}

/**
 * Lambda gives CPU in proportion to memory: 1,769 MB are one core. With 1 GB, parsing half a megabyte of
 * bundle and setting up TLS to five services does not delay the first words, and a minute of waiting for the
 * model costs less than a tenth of a cent.
 */
const MEMORY_MB = 1024

/** One of the two functions in the backend's bundle, with its own role and log group. */
export class BackendFunction extends Construct {
  readonly fn: LambdaFunction

  constructor(
    scope: Construct,
    id: string,
    options: Backend & {
      functionName: string
      handler: string
      timeout: Duration
      reservedConcurrency?: number | undefined
    },
  ) {
    super(scope, id)
    const { functionName, handler, timeout, reservedConcurrency } = options
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: options.logRetentionDays,
      // The logs hold only ids, counts and times, and expire in any case.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    // This replaces AWS's managed policy, which allows every log group of the account.
    logGroup.grantWrite(role)
    this.fn = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // The folder with the bundle and its source map. Lambda does not load the map, which would cost some 12
      // ms of each cold start: the bundle keeps function names, and a person can look up a position in the
      // map.
      code: Code.fromAsset(dirname(BACKEND_BUNDLE)),
      handler,
      role,
      timeout,
      logGroup,
      memorySize: MEMORY_MB,
      environment: { ...options.variables },
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      // A rollback needs earlier versions. All are deleted together with the function.
      currentVersionOptions: { removalPolicy: RETAIN_POLICY },
    })
    options.turns.grantTurns(this.fn)
    options.slackSecret.grantRead(this.fn)
  }
}
