import { type App, Stack, Tags } from 'aws-cdk-lib'
import { stackName } from '../settings/placement.ts'

/**
 * Returns a function that returns the stack of a region. It creates a stack only when asked, because
 * CloudFormation accepts no empty stack.
 */
export function createRegionStacks(
  app: App,
  home: string,
  ownTags: Record<string, string>,
): (region: string) => Stack {
  const tags = { ...ownTags, application: 'vera' }
  for (const [name, value] of Object.entries(tags)) Tags.of(app).add(name, value)
  // The CDK's command line sets this if it has credentials. Without it, the templates fit every account.
  const account = process.env.CDK_DEFAULT_ACCOUNT
  const stacks = new Map<string, Stack>()
  return (region) => {
    const name = stackName(region, home)
    const stack =
      stacks.get(region) ?? new Stack(app, name, { env: { region, ...(account && { account }) }, tags })
    stacks.set(region, stack)
    return stack
  }
}
