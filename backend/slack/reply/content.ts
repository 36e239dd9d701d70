import { bytesOf } from '../../markdown/bytes.ts'
import { follow, INITIAL_STATE, type MarkdownState } from '../../markdown/follow.ts'

/** A stage of the work, which Slack shows above the text. */
export interface Step {
  id: string
  title: string
  status: 'in_progress' | 'complete'
}

/** Everything that one message should hold, including what Slack may not have yet. */
export interface Content {
  readonly text: string
  readonly steps: readonly Step[]
  /** The state of its Markdown at the end of the text. */
  readonly markdown: MarkdownState
  /** UTF-8 bytes of the text and the steps' titles, as Slack counts them. */
  readonly bytes: number
}

export const EMPTY_CONTENT: Content = { text: '', steps: [], markdown: INITIAL_STATE, bytes: 0 }

/** A changed step replaces the one with the same id. */
export function addContent(before: Content, text: string, changed: readonly Step[]): Content {
  const steps = [...new Map([...before.steps, ...changed].map((step) => [step.id, step])).values()]
  return {
    text: before.text + text,
    steps,
    markdown: follow(before.markdown, text),
    bytes: before.bytes + bytesOf(text) - stepBytes(before.steps) + stepBytes(steps),
  }
}

export function stepBytes(steps: readonly Step[]): number {
  return bytesOf(steps.map(({ title }) => title).join(''))
}
