import { Stack } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { readModelId } from '../settings/inference-profile.ts'
import { destinations, GEOGRAPHIES } from '../settings/regions.ts'
import { suppress } from './nag.ts'

type Grantee = IGrantable & Construct

/** The action behind ConverseStream, the only form of Converse that the backend calls. */
const CONVERSE = ['bedrock:InvokeModelWithResponseStream']

/**
 * Lets `grantee` call this model and no other. A profile also calls the model in other regions. The role
 * needs the model there too, but only through this profile.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 * https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 */
export function grantConverse(
  grantee: Grantee,
  { modelId, region }: { modelId: string; region: string },
): void {
  const { partition, account } = Stack.of(grantee)
  const allow = (resources: string[], conditions?: Record<string, string>): void => {
    const statement = new PolicyStatement({
      actions: CONVERSE,
      resources,
      ...(conditions && { conditions: { StringEquals: conditions } }),
    })
    grantee.grantPrincipal.addToPrincipalPolicy(statement)
  }
  const target = readModelId(modelId)
  const modelIn = (where: string) => `arn:${partition}:bedrock:${where}::foundation-model/${target.model}`
  if (target.kind === 'foundation') {
    allow([modelIn(region)])
    return
  }
  const profile = `arn:${partition}:bedrock:${region}:${account}:inference-profile/${target.profile}`
  const through = { 'bedrock:InferenceProfileArn': profile }
  if (target.kind === 'geographic') {
    allow([profile])
    allow(destinations(GEOGRAPHIES[target.geography], region).map(modelIn), through)
  } else {
    allow([profile], { 'aws:RequestedRegion': region })
    allow([modelIn(region)], { 'aws:RequestedRegion': region, ...through })
    // A request that may go to any region has an ARN without a region, and the region "unspecified".
    allow([modelIn('')], { 'aws:RequestedRegion': 'unspecified', ...through })
  }
}

/** The ARN of a model for Rerank, which accepts no inference profile. */
export function foundationModelArn(scope: Construct, model: string, region: string): string {
  return `arn:${Stack.of(scope).partition}:bedrock:${region}::foundation-model/${model}`
}

/**
 * Lets `grantee` rerank with this model.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html
 */
export function grantRerank(grantee: Grantee, modelArn: string): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['bedrock:Rerank'], resources: ['*'] }),
  )
  suppress(
    grantee,
    'AwsSolutions-IAM5[Resource::*]',
    'bedrock:Rerank cannot be limited to a resource; the model that it uses is limited',
  )
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: [modelArn] }),
  )
}
