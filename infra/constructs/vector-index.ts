import { CfnIndex, type CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors'
import type { Construct } from 'constructs'

/**
 * What Bedrock writes beside each vector: the passage itself, and where it is from. Left filterable, they would have to
 * fit 2,048 bytes, and ingestion fails with "Filterable metadata must have at most 2048 bytes".
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-bedrock-kb.html
 */
const NOT_FILTERABLE = ['AMAZON_BEDROCK_TEXT', 'AMAZON_BEDROCK_METADATA']

/** An index for one knowledge base. It has no name of its own: all its properties are create-only, and a name could not be had twice. */
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
