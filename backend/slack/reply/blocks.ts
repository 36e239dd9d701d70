import type { ActionsBlock, ContextActionsBlock, KnownBlock, TaskCardBlock } from '@slack/types'
import type { Footer } from '../../turn/replies.ts'
import type { Content, Step } from './content.ts'
import { sourceBlocks } from './sources.ts'

/** The attempt at a turn that a button belongs to. */
export interface TurnAttempt {
  turnId: string
  attempt: number
}

/** The value of each button names the turn and the attempt; edge/classify/click.ts reads it. */
export function footerBlocks({ sources, offer }: Footer, turn: TurnAttempt): KnownBlock[] {
  return [
    ...sourceBlocks(sources),
    ...(offer === 'thumbs' ? [thumbs(turn)] : offer === 'retry' ? [retryButton(turn)] : []),
  ]
}

/** All blocks of a message: steps, text and footer. */
export function messageBlocks(
  { steps, text }: Pick<Content, 'steps' | 'text'>,
  footer: readonly KnownBlock[],
): KnownBlock[] {
  return [
    ...steps.map(taskCard),
    ...(text.trim() === '' ? [] : [{ type: 'markdown', text } as const]),
    ...footer,
  ]
}

/** https://docs.slack.dev/reference/block-kit/blocks/context-actions-block */
function thumbs(turn: TurnAttempt): ContextActionsBlock {
  const thumb = (label: string, read: string, which: string) => ({
    text: { type: 'plain_text' as const, text: label },
    accessibility_label: read,
    value: `${buttonValue(turn)}|${which}`,
  })
  return {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'feedback',
        positive_button: thumb('Helpful', 'This answer was helpful', 'positive'),
        negative_button: thumb('Not helpful', 'This answer was not helpful', 'negative'),
      },
    ],
  }
}

export function retryButton(turn: TurnAttempt): ActionsBlock {
  const text = { type: 'plain_text' as const, text: 'Try again' }
  return {
    type: 'actions',
    elements: [{ type: 'button', action_id: 'retry', text, value: buttonValue(turn) }],
  }
}

function buttonValue({ turnId, attempt }: TurnAttempt): string {
  return `${turnId}|${attempt}`
}

function taskCard({ id, title, status }: Step): TaskCardBlock {
  return { type: 'task_card', task_id: id, title, status }
}
