import type { Block } from './blocks.ts'
import type { Chunk, Source, TaskStatus } from './chunks.ts'
import { Refusal } from './refusal.ts'
import type { StreamLimits } from './stream-limits.ts'

export interface Task {
  id: string
  title: string
  status: TaskStatus
  details: string
  output: string
  sources: Source[]
}

/** The parts of a streamed message, in the order in which they came. */
export type StreamPart =
  | { kind: 'text'; text: string }
  | { kind: 'task'; id: string }
  | { kind: 'blocks'; blocks: Block[] }

export interface StreamContent {
  parts: StreamPart[]
  tasks: Task[]
  plan?: string
}

export interface Stream {
  state: 'in_progress' | 'completed' | 'errored'
  /** `timeline` shows steps between the text, `plan` shows all of them together. */
  displayMode: 'timeline' | 'plan'
  /** What ended it. `person`: the Stop button. `time`: its lifetime. */
  endedBy?: 'app' | 'person' | 'time'
  content: StreamContent
}

/** Marks a stream as ended. */
export function endStream(stream: Stream, by: 'app' | 'person' | 'time') {
  stream.state = by === 'time' ? 'errored' : 'completed'
  stream.endedBy = by
}

/** Refuses if the stream accepts nothing more. */
export function assertStreaming(stream: Stream | undefined): asserts stream is Stream {
  if (stream?.endedBy === 'person') throw new Refusal('stopped_by_user')
  if (stream?.state !== 'in_progress') throw new Refusal('message_not_in_streaming_state')
}

/**
 * Adds the chunks of one call to `before`. Refuses with `msg_too_long` or `msg_blocks_too_many` if the result
 * is too large.
 */
export function applyChunks(
  before: StreamContent,
  chunks: readonly Chunk[],
  limits: StreamLimits,
): StreamContent {
  const content = structuredClone(before)
  for (const chunk of chunks) add(content, chunk)
  const blocks = content.parts.reduce(
    (count, part) => count + (part.kind === 'blocks' ? part.blocks.length : 0),
    0,
  )
  if (blocks > limits.streamBlocks) throw new Refusal('msg_blocks_too_many')
  if (bytesOf(content) > limits.streamBytes) throw new Refusal('msg_too_long')
  return content
}

/** The Markdown of a stream, without its steps. */
export const markdownOf = ({ parts }: StreamContent) =>
  parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')

/** The blocks that came in chunks. */
export const blocksOf = ({ parts }: StreamContent) =>
  parts.flatMap((part) => (part.kind === 'blocks' ? part.blocks : []))

function add(content: StreamContent, chunk: Chunk) {
  const last = content.parts.at(-1)
  if (chunk.type === 'markdown_text') {
    if (last?.kind === 'text') last.text += chunk.text
    else content.parts.push({ kind: 'text', text: chunk.text })
  } else if (chunk.type === 'blocks') content.parts.push({ kind: 'blocks', blocks: chunk.blocks })
  else if (chunk.type === 'plan_update') content.plan = chunk.title
  else addTask(content, chunk)
}

/**
 * Adds a step. If the step exists, replaces its title and status, and appends details and output
 * (Hermes#59010).
 */
function addTask(
  content: StreamContent,
  { id, title, status, details = '', output = '', sources }: Extract<Chunk, { type: 'task_update' }>,
) {
  const known = content.tasks.find((task) => task.id === id)
  if (!known) {
    content.tasks.push({ id, title, status, details, output, sources: sources ?? [] })
    content.parts.push({ kind: 'task', id })
    return
  }
  const grown = {
    details: known.details + details,
    output: known.output + output,
    sources: sources ?? known.sources,
  }
  Object.assign(known, { title, status, ...grown })
}

/**
 * openclaw#143882: text, titles, and twice the details. Counting outputs like details and sources like titles
 * is our reading.
 */
function bytesOf({ parts, tasks, plan = '' }: StreamContent): number {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : ''))
  const steps = tasks.flatMap(({ title, details, output, sources }) => [
    title,
    details,
    details,
    output,
    output,
    ...sources.flatMap((source) => [source.url, source.text]),
  ])
  return Buffer.byteLength([...text, plan, ...steps].join(''))
}
