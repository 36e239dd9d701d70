import type { Source } from './extractive-question.ts'

/** The smallest piece that is quoted: a sentence, a list item, a table row, or a fenced block of code. */
export interface Unit {
  source: Source
  /** Position in its source, counted in units. */
  position: number
  kind: 'sentence' | 'item' | 'code'
  text: string
  /** The title of its source, and the heading, the question and the lead ("To rotate it:") above it. */
  about: string
}

/** Longer code is quoted line by line. */
const WHOLE_CODE_LINES = 8
/** Longer list items are quoted sentence by sentence. */
const WHOLE_ITEM_CHARACTERS = 600

/** A number in brackets inside a quotation would look like one of our own citations. */
const OLD_CITATION = /\s*\[\d+\](?!\()/g

const SENTENCE_END =
  /(?<!\b(?:e\.g|i\.e|etc|vs|cf|Dr|Mr|Ms|St)\.)(?<=[.!?]["'”)*_`]{0,3})\s+(?=["'“(*_`[]*[\p{Lu}\p{N}<@])/u

/**
 * Splits a Markdown text into units. Headings, questions and leads are not quoted; they say what the units
 * after them are about.
 */
export function unitsOf(source: Source): Unit[] {
  const units: Unit[] = []
  let heading = ''
  let asked = ''
  let lead = ''
  let block: { kind: 'sentence' | 'item'; text: string } | undefined
  let code: string[] | undefined

  const add = (kind: Unit['kind'], text: string) => {
    if (kind !== 'code' && /\?["'”)*_]*$/.test(text)) asked = text
    else if (kind === 'sentence' && /:[*_]*$/.test(text)) lead = text
    else if (/[\p{L}\p{N}]/u.test(text)) {
      if (kind === 'sentence') lead = ''
      units.push({
        source,
        position: units.length,
        kind,
        text,
        about: [source.title, heading, asked, lead].join('\n'),
      })
    }
  }
  const flush = () => {
    if (!block) return
    const { kind, text } = block
    block = undefined
    const parts = kind === 'item' && text.length <= WHOLE_ITEM_CHARACTERS ? [text] : text.split(SENTENCE_END)
    for (const part of parts) add(kind, part.trim())
  }

  for (const written of source.text.split(/\r?\n/)) {
    const line = code ? written : written.replace(OLD_CITATION, '')
    if (/^\s*(?:```|~~~)/.test(line)) {
      flush()
      if (code)
        for (const part of code.length > WHOLE_CODE_LINES ? code : [code.join('\n')]) add('code', part)
      code = code ? undefined : []
      continue
    }
    if (code) {
      code.push(line)
      continue
    }
    const [, title] = /^#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? []
    const [, item] = /^\s*(?:[-*+•]|\d+[.)])\s+(.*)$/.exec(line) ?? []
    const [, row] = /^\s*\|(.*)\|\s*$/.exec(line) ?? []
    if (title !== undefined || item !== undefined || row !== undefined || line.trim() === '') flush()
    if (title !== undefined) [heading, asked, lead] = [title, '', '']
    else if (item !== undefined) block = { kind: 'item', text: item }
    else if (row !== undefined) add('item', row.trim().replace(/\s*\|\s*/g, ' | '))
    else if (line.trim() !== '')
      block = { kind: block?.kind ?? 'sentence', text: block ? `${block.text} ${line.trim()}` : line.trim() }
  }
  flush()
  for (const line of code ?? []) add('code', line)
  return units
}
