import { styleText } from 'node:util'

/** What the person reads while a command works. Never a secret. */
export interface Output {
  step(title: string): void
  ok(line: string): void
  /** Well, but somebody should know. */
  warning(line: string): void
  error(line: string): void
  print(text: string): void
}

/** A dry run has done and found nothing, so it does not say so. */
export function createOutput(out: NodeJS.WritableStream, dryRun: boolean): Output {
  const write = (text: string): boolean => out.write(`${text}\n`)
  const styled = (style: 'bold' | 'green' | 'yellow' | 'red', text: string): string =>
    styleText(style, text, { stream: out })
  return {
    step: (title) => write(`\n${styled('bold', title)}`),
    ok: (line) => dryRun || write(`  ${styled('green', '✓')} ${line}`),
    warning: (line) => dryRun || write(`  ${styled('yellow', '!')} ${line}`),
    error: (line) => write(`  ${styled('red', '✗')} ${line}`),
    print: write,
  }
}
