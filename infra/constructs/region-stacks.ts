import { type App, Stack, Tags } from 'aws-cdk-lib'
import { stackName } from '../settings/placement.ts'

/** Gives the stack of a region, made when it is first asked for: CloudFormation takes none that is empty. */
export function createRegionStacks(
  app: App,
  home: string,
  ownTags: Record<string, string>,
): (region: string) => Stack {
  const tags = { ...ownTags, application: 'vera' }
  for (const [name, value] of Object.entries(tags)) Tags.of(app).add(name, value)
  // The command line sets it where there are credentials; without any the templates fit every account.
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
