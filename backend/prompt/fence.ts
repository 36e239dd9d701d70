import type { NumberedPassage } from './passage.ts'

/**
 * Passages as the model gets them: each inside its own tag, so that the model can tell them from what people
 * wrote. The wiki is not trusted, so no text or title may end its tag or begin another.
 */
export function fencePassages(passages: readonly NumberedPassage[]): string {
  const fenced = passages.map((passage) => {
    const attributes = [
      `number="${passage.number}"`,
      `source="${attributeValue(passage.base)}"`,
      `title="${attributeValue(passage.title)}"`,
      ...(passage.updated === undefined ? [] : [`updated="${attributeValue(passage.updated)}"`]),
    ]
    return `<passage ${attributes.join(' ')}>\n${withoutTags(passage.text)}\n</passage>`
  })
  return `<passages>\n${fenced.join('\n')}\n</passages>`
}

/** Breaks our own tags only: code and HTML in a passage stay readable for the model. */
function withoutTags(text: string): string {
  return text.replace(/<(?=\/?passages?\b)/gi, '‹')
}

function attributeValue(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\s+/g, ' ')
}
