import { type Block, checkBlocks, isObject } from './blocks.ts'
import { Refusal, refuseFor } from './refusal.ts'

export const TASK_STATUSES = ['pending', 'in_progress', 'complete', 'error'] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

export interface Source {
  type: 'url'
  url: string
  text: string
}

export type Chunk =
  | { type: 'markdown_text'; text: string }
  | {
      type: 'task_update'
      id: string
      title: string
      status: TaskStatus
      details?: string
      output?: string
      sources?: Source[]
    }
  | { type: 'plan_update'; title: string }
  | { type: 'blocks'; blocks: Block[] }

/**
 * Field → whether it is required. Source: `@slack/types` 3.2, `dist/chunk.d.ts`. Some guide pages show older
 * names, which Slack does not read.
 */
const FIELDS: Record<Chunk['type'], Record<string, boolean>> = {
  markdown_text: { text: true },
  task_update: { id: true, title: true, status: true, details: false, output: false, sources: false },
  plan_update: { title: true },
  blocks: { blocks: true },
}

/**
 * Returns the chunks of one call, or refuses with `invalid_chunks` and every fault. An unknown field is a
 * fault too, which is stricter than Slack.
 */
export function checkChunks(given: readonly unknown[], markdownChars: number): Chunk[] {
  const faults = given.flatMap((chunk, index) => checkChunk(chunk, `/chunks/${index}`))
  if (faults.length > 0) throw refuseFor('invalid_chunks', faults)
  const chunks = given as Chunk[]
  for (const chunk of chunks) {
    if (chunk.type === 'markdown_text' && chunk.text.length > markdownChars) throw new Refusal('msg_too_long')
    if (chunk.type !== 'blocks') continue
    checkBlocks(chunk.blocks, 'invalid_chunks')
    // Third parties measured that a `file` block in a stream fails inside Slack.
    if (chunk.blocks.some(({ type }) => type === 'file')) throw new Refusal('internal_error')
  }
  return chunks
}

function checkChunk(chunk: unknown, at: string): string[] {
  if (!isObject(chunk)) return [`must be an object [json-pointer:${at}]`]
  const type = Object.keys(FIELDS).find((known): known is Chunk['type'] => known === chunk.type)
  if (!type) return [`unsupported type: ${chunk.type} [json-pointer:${at}/type]`]
  const fields = FIELDS[type]
  const missing = Object.entries(fields).filter(([name, needed]) => needed && chunk[name] === undefined)
  const unknown = Object.keys(chunk).filter((name) => name !== 'type' && !(name in fields))
  return [
    ...missing.map(([name]) => `missing required field: ${name} [json-pointer:${at}]`),
    ...unknown.map((name) => `no additional properties allowed: ${name} [json-pointer:${at}]`),
    ...Object.keys(fields).flatMap((name) => checkField(name, chunk[name], `${at}/${name}`)),
  ]
}

function checkField(name: string, value: unknown, at: string): string[] {
  if (value === undefined) return []
  if (name === 'blocks') return Array.isArray(value) ? [] : [`must be an array [json-pointer:${at}]`]
  if (name === 'sources')
    return Array.isArray(value) && value.every(isSource)
      ? []
      : [`must be an array of url sources [json-pointer:${at}]`]
  if (typeof value !== 'string') return [`must be a string [json-pointer:${at}]`]
  if (name === 'status' && !TASK_STATUSES.some((status) => status === value))
    return [`must be one of ${TASK_STATUSES.join(', ')} [json-pointer:${at}]`]
  return []
}

const isSource = (source: unknown): source is Source =>
  isObject(source) &&
  source.type === 'url' &&
  typeof source.url === 'string' &&
  typeof source.text === 'string'
