import { isBareStart } from './containers.ts'
import type { TokenPosition } from './rewriter.ts'
import type { Token } from './token.ts'

/** Returns the Markdown for an HTML tag; undefined for any other token. Keeps which marks are open. */
export function createTagWriter(): (token: Token, position: TokenPosition) => string | undefined {
  const open: string[] = []
  return (token, { line, blocks }) => {
    // A row of a table is one line.
    const isRow = blocks.table || line.includes('|')
    const lineBreak = (breaks: string) => (isBareStart(line) ? '' : isRow ? ' ' : breaks)
    if (token.kind === 'style') {
      if (!token.closes) {
        open.push(token.mark)
        return (token.ownLine ? lineBreak('\n') : '') + token.mark
      }
      const at = open.lastIndexOf(token.mark)
      if (at < 0) return ''
      open.splice(at, 1)
      return token.mark + (token.ownLine ? lineBreak('\n') : '')
    }
    if (token.kind !== 'tag') return undefined
    switch (token.written) {
      case 'nothing':
        return ''
      case 'space':
        return ' '
      case 'break':
        return lineBreak('\n')
      case 'paragraph':
        return lineBreak('\n\n')
      case 'item':
        return isRow ? ' ' : `${lineBreak('\n')}- `
    }
  }
}
