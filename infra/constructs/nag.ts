import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * Suppresses a finding of cdk-nag, with the reason. If a rule has several findings, the id names one:
 * `AwsSolutions-IAM5[Resource::*]`. Writes the metadata itself: the CDK's own method changes an id that
 * contains a space and refuses one that contains a single bracket, and the name of a folder can contain both.
 */
export function suppress(scope: IConstruct, id: string, reason: string): void {
  scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason })
}
