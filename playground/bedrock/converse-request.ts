import * as v from 'valibot'

const count = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer('Member must be an integer'),
    v.minValue(min, atLeast(min)),
    v.maxValue(max, atMost(max)),
  )
const share = v.pipe(v.number(), v.minValue(0, atLeast(0)), v.maxValue(1, atMost(1)))
const sized = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.minLength(min, `Member must have length greater than or equal to ${min}`),
    v.maxLength(max, `Member must have length less than or equal to ${max}`),
  )
const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/, 'Member must be base64'))

const CachePoint = v.object({ type: v.picklist(['default']), ttl: v.optional(v.picklist(['5m', '1h'])) })
const Image = v.object({
  format: v.picklist(['png', 'jpeg', 'gif', 'webp']),
  source: v.object({ bytes: base64 }),
})
const Document = v.object({
  format: v.optional(v.picklist(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'])),
  name: sized(1, 200),
  source: v.object({
    bytes: v.optional(base64),
    text: v.optional(v.string()),
    content: v.optional(v.array(v.object({ text: v.string() }))),
  }),
  context: v.optional(v.string()),
  citations: v.optional(v.object({ enabled: v.boolean() })),
})
const GuardContent = v.object({
  text: v.object({
    text: v.string(),
    qualifiers: v.optional(v.array(v.picklist(['grounding_source', 'query', 'guard_content']))),
  }),
})
const Reasoning = v.object({
  reasoningText: v.optional(v.object({ text: v.string(), signature: v.optional(v.string()) })),
  redactedContent: v.optional(base64),
})

const ContentBlock = v.object({
  text: v.optional(v.string()),
  image: v.optional(Image),
  document: v.optional(Document),
  guardContent: v.optional(GuardContent),
  cachePoint: v.optional(CachePoint),
  reasoningContent: v.optional(Reasoning),
})
const SystemBlock = v.object({
  text: v.optional(sized(1, Number.MAX_SAFE_INTEGER)),
  guardContent: v.optional(GuardContent),
  cachePoint: v.optional(CachePoint),
})
const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]*$/
const metadataText = (min: number) =>
  v.pipe(
    sized(min, 256),
    v.regex(METADATA, `Member must satisfy regular expression pattern: ${METADATA.source}`),
  )

/**
 * The body of ConverseStream, with the members of the service model that the simulator supports. Tools,
 * prompt variables, S3 sources, video, audio and native citations are missing, so that a request with one of
 * them is recorded as a violation.
 */
export const ConverseRequest = v.object({
  messages: v.array(v.object({ role: v.picklist(['user', 'assistant']), content: v.array(ContentBlock) })),
  system: v.optional(v.array(SystemBlock)),
  inferenceConfig: v.optional(
    v.object({
      maxTokens: v.optional(count(1, 2 ** 31 - 1)),
      temperature: v.optional(share),
      topP: v.optional(share),
    }),
  ),
  guardrailConfig: v.optional(
    v.object({
      guardrailIdentifier: v.string(),
      guardrailVersion: v.string(),
      trace: v.optional(v.picklist(['enabled', 'disabled', 'enabled_full'])),
      streamProcessingMode: v.optional(v.picklist(['sync', 'async'])),
    }),
  ),
  additionalModelRequestFields: v.optional(v.record(v.string(), v.unknown())),
  requestMetadata: v.optional(
    v.pipe(
      v.record(metadataText(1), metadataText(0)),
      v.minEntries(1, 'Member must have length greater than or equal to 1'),
      v.maxEntries(16, 'Member must have length less than or equal to 16'),
    ),
  ),
  performanceConfig: v.optional(v.object({ latency: v.optional(v.picklist(['standard', 'optimized'])) })),
  serviceTier: v.optional(v.object({ type: v.picklist(['priority', 'default', 'flex', 'reserved']) })),
  outputConfig: v.optional(
    v.object({ effort: v.optional(v.picklist(['low', 'medium', 'high', 'xhigh', 'max'])) }),
  ),
})

export type ConverseRequest = v.InferOutput<typeof ConverseRequest>
export type Message = ConverseRequest['messages'][number]
export type ContentBlock = Message['content'][number]

function atLeast(min: number) {
  return `Member must have value greater than or equal to ${min}`
}
function atMost(max: number) {
  return `Member must have value less than or equal to ${max}`
}
