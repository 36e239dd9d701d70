import { styleText } from 'node:util'
import type { AskResult } from './question.ts'

/** Width of the longest bar in the timeline, in characters. */
const BAR_CHARS = 40

/** A reply as it grows, on a terminal or into a file. Colours only where the output shows them. */
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
    /** The sources, and the outcome where it is not an ordinary answer. */
    end({ outcome, text, citations, reference }: AskResult): void {
      if (!textBegun && text === '') out.write(outcome === 'failed' ? 'No reply came.' : '')
      out.write('\n')
      if (citations.length > 0) {
        out.write(`\n${styleText('bold', 'Sources', { stream: out })}\n`)
        for (const { n, title, url } of citations) out.write(`  [${n}] ${title}  ${dim(url)}\n`)
      }
      if (outcome !== 'answered')
        out.write(
          dim(`\n${outcome === 'failed' ? 'Failed' : 'Not found'} (reference ${reference || 'none'})\n`),
        )
    },
  }
}

/** Where the time went, a line a step. */
export function printTimeline({ timeline, reference }: AskResult, out: NodeJS.WriteStream): void {
  const total = Math.max(1, ...timeline.map(({ ms }) => ms))
  out.write(
    `\n${styleText('bold', 'Timeline', { stream: out })} (ms since the question, reference ${reference || 'none'})\n`,
  )
  for (const { step, ms } of timeline) {
    out.write(
      `  ${step.padEnd(18)} ${String(ms).padStart(6)}  ${'▇'.repeat(Math.round((ms / total) * BAR_CHARS))}\n`,
    )
  }
}

/** `[2](https://…)` reads as `[2]`: the addresses stand under the answer. */
function shortCitations(markdown: string): string {
  return markdown.replace(/\[(\d+)\]\(https?:\/\/[^)\s]*\)/g, '[$1]')
}
