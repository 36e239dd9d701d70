import { styleText } from 'node:util'

/** Prints for the person while a command runs. Never pass it a secret. */
export interface Output {
  step(title: string): void
  ok(line: string): void
  warning(line: string): void
  error(line: string): void
  print(text: string): void
}

/** A dry run does and checks nothing, so it prints no results, except errors of the configuration. */
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
