import { parseArgs } from 'node:util'

export interface Arguments {
  help: boolean
  json: boolean
  knowledge?: string
  /** Port of the edge. */
  port?: number
  /** Everything that is not an option, joined by spaces. */
  words: string
}

/**
 * The command line is wrong. The message is one sentence, without its full stop, for the person who typed it.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Reads a command line. Throws UsageError. */
export function readArguments(args: readonly string[]): Arguments {
  const options = {
    help: { type: 'boolean', short: 'h', default: false },
    json: { type: 'boolean', default: false },
    knowledge: { type: 'string' },
    port: { type: 'string' },
  } as const
  const { values, positionals } = (() => {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true })
    } catch (error) {
      // Node adds advice about "--" for arguments that begin with a dash: keep only its first sentence.
      throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
    }
  })()
  const { help, json, knowledge, port } = values
  if (knowledge === '') throw new UsageError('--knowledge needs a folder')
  return {
    help,
    json,
    ...(knowledge !== undefined && { knowledge }),
    ...(port !== undefined && { port: readPort(port) }),
    words: positionals.join(' ').trim(),
  }
}

function readPort(given: string): number {
  const port = Number(given)
  if (!/^\d+$/.test(given) || port < 1 || port > 65_535)
    throw new UsageError(`--port must be a number from 1 to 65535, not "${given}"`)
  return port
}
