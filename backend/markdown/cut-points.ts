import { withoutMarkers } from './containers.ts'
import { follow, type MarkdownState } from './follow.ts'
import { isDelimiterRow } from './table.ts'
import { wordStarts } from './words.ts'

/** Kinds of cut points, the best first. */
export const CUT_KINDS = ['paragraph', 'line', 'row', 'word'] as const

/** A position where the text may be cut in two. */
export interface CutPoint {
  at: number
  kind: (typeof CUT_KINDS)[number]
  /** The state there. */
  state: MarkdownState
}

/** Every cut point of `text`, from its beginning to its end. `before` is the state where it begins. */
export function cutPoints(before: MarkdownState, text: string): CutPoint[] {
  const points: CutPoint[] = []
  let lineStart = 0
  let lineState = before

  function addWords(lineEnd: number): void {
    const line = text.slice(lineStart, lineEnd)
    const wholeLine = lineState.line + line
    const isFenceOrTable =
      lineState.blocks.fence !== undefined ||
      lineState.tableHead !== undefined ||
      /^[ \t]*(?:`{3}|~{3})/.test(withoutMarkers(wholeLine)) ||
      /^[ \t]*\|/.test(wholeLine) ||
      isDelimiterRow(line)
    if (isFenceOrTable) return
    for (const at of wordStarts(line)) points.push({ at: lineStart + at, kind: 'word', state: lineState })
  }

  function addLineStart(at: number, state: MarkdownState): void {
    const isTableHead =
      state.previous.includes('|') &&
      state.tableHead === undefined &&
      isDelimiterRow(/^[^\n]*/.exec(text.slice(at))?.[0] ?? '')
    if (!isTableHead) points.push({ at, kind: kindOfLineStart(state), state })
  }

  if (before.line === '') addLineStart(0, before)
  follow(before, text, (end, state) => {
    addWords(end)
    addLineStart(end, state)
    lineStart = end
    lineState = state
  })
  addWords(text.length)
  return points
}

function kindOfLineStart({ blocks, tableHead, previous }: MarkdownState): CutPoint['kind'] {
  if (blocks.fence || tableHead !== undefined) return 'row'
  return previous === '' ? 'paragraph' : 'line'
}
