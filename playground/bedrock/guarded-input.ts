import type { ConverseRequest } from './converse-request.ts'
import { assess, type Guardrail } from './guardrail.ts'

/**
 * Applies the guardrail to a question. If there is a guardContent block anywhere, only such blocks are
 * checked. Otherwise the text of all messages is checked, but not the system prompt. Source: the user guide,
 * "Use a guardrail with the Converse API". Returns the `request` for the model, with personal data masked if
 * the policy says so.
 */
export function readInput(guardrail: Guardrail, request: ConverseRequest) {
  const blocks = [...(request.system ?? []), ...request.messages.flatMap(({ content }) => content)]
  const marked = blocks.some(({ guardContent }) => guardContent)
  const total = blocks.reduce(
    (sum, { text, guardContent }) => sum + (guardContent?.text.text ?? text ?? '').length,
    0,
  )

  const texts: string[] = []
  readTexts(request, marked, (text) => {
    texts.push(text)
    return text
  })
  const { assessment, blocked } = assess(guardrail, texts.join('\n'), 'input', { mask: true, total })
  const masked = readTexts(
    request,
    marked,
    (text) => assess(guardrail, text, 'input', { mask: true, total }).text,
  )
  return { assessment, blocked, request: masked }
}

/** Passes every text that the guardrail checks through `through`, and returns the resulting request. */
function readTexts(
  request: ConverseRequest,
  marked: boolean,
  through: (text: string) => string,
): ConverseRequest {
  const block = <B extends ConverseRequest['messages'][number]['content'][number]>(
    it: B,
    unmarked: boolean,
  ): B => {
    if (it.guardContent)
      return {
        ...it,
        guardContent: { text: { ...it.guardContent.text, text: through(it.guardContent.text.text) } },
      }
    return unmarked && it.text !== undefined ? { ...it, text: through(it.text) } : it
  }
  return {
    ...request,
    ...(request.system && { system: request.system.map((it) => block(it, false)) }),
    messages: request.messages.map((message) => ({
      ...message,
      content: message.content.map((it) => block(it, !marked)),
    })),
  }
}
