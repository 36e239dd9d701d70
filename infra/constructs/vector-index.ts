import { CfnIndex, type CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors'
import type { Construct } from 'constructs'

/**
 * Bedrock stores the passage and its origin next to each vector. If they were filterable, they would have to
 * fit into 2,048 bytes; otherwise the ingestion fails with "Filterable metadata must have at most 2048
 * bytes".
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-bedrock-kb.html
 */
const NOT_FILTERABLE = ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA']

/**
 * An index for one knowledge base. It has no fixed name: all properties are create-only, and the replacement
 * could not have the same name.
 */
export function createVectorIndex(
  scope: Construct,
  id: string,
  bucket: CfnVectorBucket,
  dimensions: number,
): CfnIndex {
  return new CfnIndex(scope, id, {
    vectorBucketArn: bucket.attrVectorBucketArn,
    dataType: 'float32',
    dimension: dimensions,
    distanceMetric: 'cosine',
    metadataConfiguration: { nonFilterableMetadataKeys: NOT_FILTERABLE },
  })
}
