import { styleText } from 'node:util'

/** What the person reads while a command works. Never a secret. */
export interface Voice {
  step(title: string): void
  done(line: string): void
  /** Well, but somebody should know. */
  note(line: string): void
  wrong(line: string): void
  line(text: string): void
}

/** A dry run has done and found nothing, so it does not say so. */
export function createVoice(out: NodeJS.WriteStream, dry: boolean): Voice {
  const write = (text: string): boolean => out.write(`${text}\n`)
  const styled = (style: 'bold' | 'green' | 'yellow' | 'red', text: string): string =>
    styleText(style, text, { stream: out })
  return {
    step: (title) => write(`\n${styled('bold', title)}`),
    done: (line) => dry || write(`  ${styled('green', '✓')} ${line}`),
    note: (line) => dry || write(`  ${styled('yellow', '!')} ${line}`),
    wrong: (line) => write(`  ${styled('red', '✗')} ${line}`),
    line: write,
  }
}
