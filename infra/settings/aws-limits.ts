import type { Sections } from './sections.ts'

/**
 * Vector lengths that each embedding model supports. For other models, AWS decides during the deployment.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-supported.html
 */
const DIMENSIONS: ReadonlyMap<string, readonly number[]> = new Map([
  ['amazon.titan-embed-text-v1', [1536]],
  ['amazon.titan-embed-text-v2:0', [256, 512, 1024]],
  ['cohere.embed-english-v3', [1024]],
  ['cohere.embed-multilingual-v3', [1024]],
])

/**
 * Finds settings that AWS would refuse in the middle of a deployment. Returns one sentence for each. These
 * checks are not part of the schema, because the functions load the schema at each start and never need these
 * fields.
 */
export function awsLimitViolations({
  knowledge,
  guardrail,
}: Pick<Sections, 'knowledge' | 'guardrail'>): string[] {
  const { bases, embedding, sync } = knowledge
  const errors: string[] = []
  for (const name of duplicates(bases.map((base) => base.name)))
    errors.push(`knowledge.bases: two bases have the name ${name}`)
  if (guardrail.source === 'policy') {
    for (const type of duplicates([...guardrail.mask, ...guardrail.block]))
      errors.push(`guardrail.mask and guardrail.block list ${type} twice`)
  }
  const can = DIMENSIONS.get(embedding.model)
  if (can && !can.includes(embedding.dimensions)) {
    errors.push(
      `knowledge.embedding.dimensions: ${embedding.model} supports ${can.join(', ')}, not ${embedding.dimensions}`,
    )
  }
  if (!isTimezone(sync.timezone))
    errors.push(
      `knowledge.sync.timezone: ${sync.timezone} is not a time zone; expected a name such as Europe/London`,
    )
  return errors
}

function duplicates(all: readonly string[]): Set<string> {
  return new Set(all.filter((one, index) => all.indexOf(one) !== index))
}

/**
 * EventBridge Scheduler wants the exact name. Node also accepts offsets such as +01:00, and europe/london.
 * For a name that has an older or newer synonym, such as Asia/Kolkata, Node returns the synonym, so we can
 * only check the capital letters.
 */
function isTimezone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    const isSpelled = timeZone === name || timeZone.toLowerCase() !== name.toLowerCase()
    return isSpelled && /^[A-Z][^/]*(\/[A-Z][^/]*)*$/.test(name)
  } catch {
    return false
  }
}
