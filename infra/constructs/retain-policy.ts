import { RemovalPolicy } from 'aws-cdk-lib'

/**
 * For resources that must outlive their place in the template. If CloudFormation rolls back a first
 * deployment, it still deletes them. With RETAIN they would stay, belong to no stack, and block the next
 * attempt.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export const RETAIN_POLICY = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
