import { bytesOf } from '../../markdown/bytes.ts'
import { follow, INITIAL_STATE, type MarkdownState } from '../../markdown/follow.ts'

/** A stage of the work, as people see it beside the text. */
export interface Step {
  id: string
  title: string
  status: 'in_progress' | 'complete'
}

/** All that one message of ours should hold, whether or not Slack has it yet. */
export interface Content {
  readonly text: string
  readonly steps: readonly Step[]
  /** Where its Markdown has got to. */
  readonly state: MarkdownState
  /** UTF-8 bytes of the text and of the titles, as Slack counts them. */
  bytes(): number
  add(text: string, steps?: readonly Step[]): void
}

export function createContent(): Content {
  let text = ''
  let textBytes = 0
  let state = INITIAL_STATE
  const steps = new Map<string, Step>()
  return {
    get text() {
      return text
    },
    get steps() {
      return [...steps.values()]
    },
    get state() {
      return state
    },
    bytes: () => textBytes + stepBytes([...steps.values()]),
    add(more, done = []) {
      text += more
      textBytes += bytesOf(more)
      state = follow(state, more)
      for (const step of done) steps.set(step.id, step)
    },
  }
}

export function stepBytes(steps: readonly Step[]): number {
  return bytesOf(steps.map(({ title }) => title).join(''))
}
