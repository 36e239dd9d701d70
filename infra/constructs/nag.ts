import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * Says why a finding of cdk-nag is as it should be. Of rules with several findings the id names one: `AwsSolutions-IAM5[Resource::*]`.
 * Written as cdk-nag reads it. The CDK's own verb would spell an id with a space in it differently, and refuse one with a
 * single bracket; both may be in the name of a folder.
 */
export function suppress(scope: IConstruct, id: string, reason: string): void {
  scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason })
}
