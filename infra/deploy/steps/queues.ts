import type { DeployContext } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'

/** Creates the queues of wrangler.toml. A Worker cannot be deployed before they exist. */
export async function createQueues({ tools, wrangler, output }: DeployContext): Promise<void> {
  output.step('Queues')
  for (const queue of wrangler.queues) {
    if (tools.dryRun || !(await queueExists({ tools }, queue)))
      await tools.call({ tool: 'wrangler', args: ['queues', 'create', queue] })
    output.ok(`The queue ${queue} exists`)
  }
}

async function queueExists({ tools }: Pick<DeployContext, 'tools'>, queue: string): Promise<boolean> {
  try {
    await tools.call({ tool: 'wrangler', args: ['queues', 'info', queue] })
    return true
  } catch (error) {
    if (error instanceof CommandFailed && error.details.includes('does not exist')) return false
    throw error
  }
}
