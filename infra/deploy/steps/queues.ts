import type { Guide } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'

/** The queues that wrangler.toml names. A Worker cannot be deployed before they are there. */
export async function createQueues({ tools, wrangler, say }: Guide): Promise<void> {
  say.step('Queues')
  for (const queue of wrangler.queues) {
    if (tools.dry || !(await isThere({ tools }, queue)))
      await tools.call({ tool: 'wrangler', args: ['queues', 'create', queue] })
    say.done(`${queue} is there`)
  }
}

async function isThere({ tools }: Pick<Guide, 'tools'>, queue: string): Promise<boolean> {
  try {
    await tools.call({ tool: 'wrangler', args: ['queues', 'info', queue] })
    return true
  } catch (error) {
    if (error instanceof CommandFailed && error.said.includes('does not exist')) return false
    throw error
  }
}
