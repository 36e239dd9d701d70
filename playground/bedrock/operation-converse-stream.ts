import { ConverseRequest } from './converse-request.ts'
import { checkConversation } from './converse-rules.ts'
import type { Guardrail, GuardrailPolicy } from './guardrail.ts'
import { checkForClaude } from './models/claude.ts'
import type { Model } from './models/model.ts'
import { invalid } from './refusal.ts'
import { readBody } from './request-body.ts'

export interface BedrockAccount {
  region: string
  /** By the id of an inference profile or a foundation model, or by an ARN. */
  models: Readonly<Record<string, Model>>
  /** By `id:version`. */
  guardrails: Readonly<Record<string, GuardrailPolicy>>
}

/** Reads a ConverseStream request. Throws a Refusal for everything that Bedrock refuses. */
export function readConversation(
  modelId: string,
  body: unknown,
  stray: (path: string) => void,
  account: BedrockAccount,
) {
  const request = readBody(ConverseRequest, body, stray)
  const model = findModel(modelId, account)
  checkConversation(request)
  checkForClaude(modelId, request)
  return {
    request,
    model,
    guardrail: request.guardrailConfig && findGuardrail(request.guardrailConfig, account),
  }
}

function findModel(modelId: string, { models, region }: BedrockAccount): Model {
  const [, arnRegion, arnId] =
    /^arn:aws:bedrock:([^:]*):\d*:(?:inference-profile|foundation-model)\/(.+)$/.exec(modelId) ?? []
  const id = arnRegion === region && arnId !== undefined ? arnId : modelId
  const model = models[modelId] ?? models[id]
  if (model) return model
  if (Object.keys(models).some((profile) => profile.endsWith(`.${id}`))) {
    throw invalid(
      `Invocation of model ID ${id} with on-demand throughput isn’t supported. ` +
        'Retry your request with the ID or ARN of an inference profile that contains this model.',
    )
  }
  throw invalid('The provided model identifier is invalid.')
}

function findGuardrail(
  { guardrailIdentifier, guardrailVersion: version }: NonNullable<ConverseRequest['guardrailConfig']>,
  { guardrails, region }: BedrockAccount,
): Guardrail {
  const [, arnRegion = region, id] =
    /^(?:arn:aws:bedrock:([a-z0-9-]+):\d{12}:guardrail\/)?([a-z0-9]+)$/.exec(guardrailIdentifier) ?? []
  if (id === undefined) throw invalid('The provided guardrail identifier is invalid.')
  const policy = arnRegion === region ? guardrails[`${id}:${version}`] : undefined
  if (!policy) throw invalid('The guardrail identifier or version provided in the request does not exist.')
  return { id, version, arn: `arn:aws:bedrock:${region}:000000000000:guardrail/${id}`, policy }
}
