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

/** What a streamed message shows, in the order in which it came. */
export type Piece =
  | { type: 'text'; text: string }
  | { type: 'task'; id: string }
  | { type: 'blocks'; blocks: Block[] }

export interface Written {
  pieces: Piece[]
  tasks: Task[]
  plan?: string
}

export interface Stream {
  state: 'in_progress' | 'completed' | 'errored'
  /** `timeline` shows steps between the text, `plan` all of them together. */
  displayMode: 'timeline' | 'plan'
  /** Who ended it. `person`: the Stop button; `time`: its lifetime was over. */
  endedBy?: 'app' | 'person' | 'time'
  written: Written
}

/** Marks a stream as ended. */
export function endStream(stream: Stream, by: 'app' | 'person' | 'time') {
  stream.state = by === 'time' ? 'errored' : 'completed'
  stream.endedBy = by
}

/** The refusals of a stream that takes nothing more. */
export function checkOpen(stream: Stream | undefined): asserts stream is Stream {
  if (stream?.endedBy === 'person') throw new Refusal('stopped_by_user')
  if (stream?.state !== 'in_progress') throw new Refusal('message_not_in_streaming_state')
}

/** `before` with the chunks of one call added; `msg_too_long` or `msg_blocks_too_many` where it would hold too much. */
export function write(before: Written, chunks: readonly Chunk[], limits: StreamLimits): Written {
  const written = structuredClone(before)
  for (const chunk of chunks) add(written, chunk)
  const blocks = written.pieces.reduce(
    (count, piece) => count + (piece.type === 'blocks' ? piece.blocks.length : 0),
    0,
  )
  if (blocks > limits.streamBlocks) throw new Refusal('msg_blocks_too_many')
  if (bytesOf(written) > limits.streamBytes) throw new Refusal('msg_too_long')
  return written
}

/** The Markdown of a stream, without its steps. */
export const markdownOf = ({ pieces }: Written) =>
  pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')

/** Blocks that came in chunks. */
export const blocksOf = ({ pieces }: Written) =>
  pieces.flatMap((piece) => (piece.type === 'blocks' ? piece.blocks : []))

function add(written: Written, chunk: Chunk) {
  const last = written.pieces.at(-1)
  if (chunk.type === 'markdown_text') {
    if (last?.type === 'text') last.text += chunk.text
    else written.pieces.push({ type: 'text', text: chunk.text })
  } else if (chunk.type === 'blocks') written.pieces.push({ type: 'blocks', blocks: chunk.blocks })
  else if (chunk.type === 'plan_update') written.plan = chunk.title
  else addTask(written, chunk)
}

/** A step that is there already: title and status are replaced, details and output grow (Hermes#59010). */
function addTask(
  written: Written,
  { id, title, status, details = '', output = '', sources }: Extract<Chunk, { type: 'task_update' }>,
) {
  const known = written.tasks.find((task) => task.id === id)
  if (!known) {
    written.tasks.push({ id, title, status, details, output, sources: sources ?? [] })
    written.pieces.push({ type: 'task', id })
    return
  }
  const grown = {
    details: known.details + details,
    output: known.output + output,
    sources: sources ?? known.sources,
  }
  Object.assign(known, { title, status, ...grown })
}

/** openclaw#143882: text, titles, and twice the details. Outputs and sources are counted like details and titles: our reading. */
function bytesOf({ pieces, tasks, plan = '' }: Written): number {
  const text = pieces.map((piece) => (piece.type === 'text' ? piece.text : ''))
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
