import { RemovalPolicy } from 'aws-cdk-lib'

/**
 * Of what outlives its place in the template. A deployment that CloudFormation rolls back takes with it what it made: with
 * RETAIN that would stay behind, belong to no stack, and stand in the way of the next try.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export const RETAIN_POLICY = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
