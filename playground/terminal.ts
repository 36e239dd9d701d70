import { styleText } from 'node:util'
import type { AskResult } from './question.ts'

/** Width of the longest bar in the timeline, in characters. */
const BAR_CHARS = 40

const OUTCOMES = {
  failed: 'Vera could not answer',
  'not-found': 'The documents do not hold the answer',
} as const

/** Prints a reply while it grows, to a terminal or a file. Uses colours only if the output shows them. */
export function createReplyPrinter(out: NodeJS.WriteStream) {
  const dim = (text: string) => styleText('dim', text, { stream: out })
  let textBegun = false
  return {
    step(title: string): void {
      if (!textBegun) out.write(dim(`  · ${title}\n`))
    },
    text(added: string): void {
      if (!textBegun) out.write('\n')
      textBegun = true
      out.write(shortCitations(added))
    },
    /** Prints the sources, and a line about the outcome if it is not an answer. */
    end({ outcome, citations, reference }: AskResult): void {
      out.write('\n')
      if (citations.length > 0) {
        out.write(`\n${styleText('bold', 'Sources', { stream: out })}\n`)
        for (const { n, title, url } of citations) out.write(`  [${n}] ${title}  ${dim(url)}\n`)
      }
      if (outcome !== 'answered') out.write(dim(`\n${OUTCOMES[outcome]}${inBrackets(reference)}.\n`))
    },
  }
}

/** Prints when each step of a question was done, one line per step. */
export function printTimeline({ timeline, reference }: AskResult, out: NodeJS.WriteStream): void {
  const total = Math.max(1, ...timeline.map(({ ms }) => ms))
  out.write(
    `\n${styleText('bold', 'Timeline', { stream: out })} in ms after the question${inBrackets(reference)}\n`,
  )
  for (const { step, ms } of timeline) {
    out.write(
      `  ${step.padEnd(18)} ${String(ms).padStart(6)}  ${'▇'.repeat(Math.round((ms / total) * BAR_CHARS))}\n`,
    )
  }
}

/** The reference finds the turn's log line; a turn that never began has none. */
const inBrackets = (reference: string) => (reference === '' ? '' : ` (reference ${reference})`)

/** Shortens `[2](https://…)` to `[2]`: the addresses are listed under the answer. */
function shortCitations(markdown: string): string {
  return markdown.replace(/\[(\d+)\]\(https?:\/\/[^)\s]*\)/g, '[$1]')
}
