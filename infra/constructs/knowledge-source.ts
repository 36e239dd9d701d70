import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { CfnDataSource } from 'aws-cdk-lib/aws-bedrock'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { NOT_SET } from '../settings/secret-placeholder.ts'
import type { NewBase } from '../settings/sections.ts'
import { suppress } from './nag.ts'

/** A source of pages, with the permissions that the role of the knowledge base needs to read it. */
export interface KnowledgeSource {
  configuration: CfnDataSource.DataSourceConfigurationProperty
  permissions: PolicyStatement[]
  /**
   * JSON with `username` and `password`, if the source needs them. Must be filled before the first ingestion.
   */
  credentials?: Secret
}

export function createKnowledgeSource(scope: Construct, base: NewBase): KnowledgeSource {
  return base.source === 'confluence' ? confluence(scope, base) : documents(scope, base)
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/confluence-data-source-connector.html */
function confluence(
  scope: Construct,
  { name, site }: Extract<NewBase, { source: 'confluence' }>,
): KnowledgeSource {
  const credentials = new Secret(scope, 'Credentials', {
    description: `The Confluence user whose pages the knowledge base "${name}" ingests, and their API token`,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: NOT_SET }),
      generateStringKey: 'password',
    },
    // Not kept: Atlassian issues a new token at any time.
    removalPolicy: RemovalPolicy.DESTROY,
  })
  suppress(credentials, 'AwsSolutions-SMG4', 'Atlassian issues an API token only to a person, on a page')
  return {
    configuration: {
      type: 'CONFLUENCE',
      confluenceConfiguration: {
        // The connector only supports Confluence Cloud.
        sourceConfiguration: {
          hostType: 'SAAS',
          hostUrl: site,
          authType: 'BASIC',
          credentialsSecretArn: credentials.secretArn,
        },
      },
    },
    permissions: [
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [credentials.secretArn] }),
    ],
    credentials,
  }
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/s3-data-source-connector.html */
function documents(
  scope: Construct,
  { bucket, prefix }: Extract<NewBase, { source: 's3' }>,
): KnowledgeSource {
  const { partition, account } = Stack.of(scope)
  const bucketArn = `arn:${partition}:s3:::${bucket}`
  const ours = { StringEquals: { 'aws:ResourceAccount': account } }
  return {
    configuration: {
      type: 'S3',
      // Bedrock accepts one prefix at most.
      s3Configuration: { bucketArn, ...(prefix !== '' && { inclusionPrefixes: [prefix] }) },
    },
    permissions: [
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn], conditions: ours }),
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [`${bucketArn}/${prefix}*`],
        conditions: ours,
      }),
    ],
  }
}
