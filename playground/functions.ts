import { BACKEND_BUNDLE } from '../infra/build.ts'
import {
  ALIAS,
  ANSWER_FUNCTION,
  APOLOGIZE_FUNCTION,
  APOLOGIZE_TIMEOUT_SECONDS,
  GUARDRAIL,
  knowledgeBaseId,
  LAMBDA_MEMORY_MB,
  LAMBDA_TIMEOUT_SECONDS,
  MODEL_ID,
  RERANK_MODEL,
  SLACK_SECRET_ARN,
  TURNS_TABLE,
} from './account.ts'
import type { LambdaFunction } from './lambda/function.ts'

/** Addresses of the simulators. A deployment sets none of them. */
export interface Endpoints {
  slackApiUrl: string
  bedrock: string
  dynamo: string
  secrets: string
}

/** Both functions with the settings and variables of a deployment. */
export function deployedFunctions(
  endpoints: Endpoints,
  {
    knowledge,
    guarded,
    timeoutSeconds = LAMBDA_TIMEOUT_SECONDS,
    concurrency,
    bundle = BACKEND_BUNDLE,
  }: {
    knowledge: string[]
    guarded: boolean
    timeoutSeconds?: number | undefined
    concurrency?: number | undefined
    bundle?: string | undefined
  },
): LambdaFunction[] {
  const environment = {
    TURNS_TABLE,
    SLACK_SECRET_ARN,
    MODEL_ID,
    KNOWLEDGE_BASES: knowledge.map((name, index) => `${name}=${knowledgeBaseId(index)}`).join(','),
    RERANK_MODEL_ARN: RERANK_MODEL,
    ...(guarded && { GUARDRAIL_ID: GUARDRAIL.id, GUARDRAIL_VERSION: GUARDRAIL.version }),
    SLACK_API_URL: endpoints.slackApiUrl,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoints.bedrock,
    AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: endpoints.bedrock,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamo,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secrets,
  }
  const fn = { bundle, environment, memoryMb: LAMBDA_MEMORY_MB }
  return [
    {
      ...fn,
      name: ANSWER_FUNCTION,
      aliases: [ALIAS],
      export: 'handler',
      timeoutSeconds,
      invokableByCaller: true,
      onFailure: APOLOGIZE_FUNCTION,
      ...(concurrency !== undefined && { reservedConcurrency: concurrency }),
    },
    {
      ...fn,
      name: APOLOGIZE_FUNCTION,
      aliases: [],
      export: 'apologize',
      timeoutSeconds: APOLOGIZE_TIMEOUT_SECONDS,
      invokableByCaller: false,
    },
  ]
}
