import { type Assessment, assess, type Guardrail } from './guardrail.ts'

/**
 * How much of an answer is checked at once. Bedrock does not document its own measure. A match across two
 * checks is not found.
 */
const READ_CHARACTERS = 200

/** The text that may be sent now. `blocked` means that the answer must end here. */
export interface OutputVerdict {
  text: string
  blocked: boolean
}

/**
 * Applies the guardrail to an answer while the model writes it. In sync mode text is held back until it was
 * checked, and is sent masked. In async mode text is sent at once, unmasked, and may be blocked afterwards.
 * Source: the user guide, "Configure streaming response behavior to filter content".
 */
export function guardOutput(guardrail: Guardrail, mode: 'sync' | 'async') {
  const assessments: Assessment[] = []
  let unread = ''
  let masked = false

  function read(part: string): OutputVerdict {
    if (part === '') return { text: '', blocked: false }
    const verdict = assess(guardrail, part, 'output', { mask: mode === 'sync', total: part.length })
    assessments.push(verdict.assessment)
    masked ||= verdict.masked
    if (mode === 'async') return { text: '', blocked: verdict.blocked }
    return { text: verdict.blocked ? '' : verdict.text, blocked: verdict.blocked }
  }

  return {
    assessments,
    /** True if anything has been masked so far. */
    masked: () => masked,
    push(text: string): OutputVerdict {
      unread += text
      const end = unread.length < READ_CHARACTERS ? 0 : unread.search(/\s\S*$/) + 1
      const part = unread.slice(0, end)
      unread = unread.slice(end)
      const passed = read(part)
      return mode === 'async' ? { ...passed, text } : passed
    },
    finish(): OutputVerdict {
      const part = unread
      unread = ''
      return read(part)
    },
  }
}
