import { Stack } from 'aws-cdk-lib'
import { CfnDataSource, CfnKnowledgeBase } from 'aws-cdk-lib/aws-bedrock'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors'
import { Construct } from 'constructs'
import { fingerprint } from '../settings/fingerprint.ts'
import { ingestionDescriptionOf } from '../settings/ingestion-description.ts'
import type { NewBase, Sections } from '../settings/sections.ts'
import { createKnowledgeSource } from './knowledge-source.ts'
import { suppress } from './nag.ts'
import { scheduleSync } from './sync-schedule.ts'
import { createVectorIndex } from './vector-index.ts'

/**
 * The actions that Bedrock needs in the index.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
 */
const VECTOR_ACTIONS = ['GetIndex', 'GetVectors', 'PutVectors', 'DeleteVectors', 'QueryVectors'].map(
  (action) => `s3vectors:${action}`,
)

/** A knowledge base on S3 Vectors, with its source and its ingestion schedule. */
export class KnowledgeBase extends Construct {
  readonly knowledgeBaseId: string
  readonly dataSourceId: string
  /** The description of ingestion jobs for this source. */
  readonly ingestionDescription: string
  /** The secret for the source's user and token, if it needs them. */
  readonly credentialsArn: string | undefined

  constructor(
    scope: Construct,
    id: string,
    {
      base,
      knowledge,
      vectors,
    }: { base: NewBase; knowledge: Sections['knowledge']; vectors: CfnVectorBucket },
  ) {
    super(scope, id)
    const { partition, region, account } = Stack.of(this)
    const { embedding, chunking } = knowledge
    const embeddingModelArn = `arn:${partition}:bedrock:${region}::foundation-model/${embedding.model}`
    const index = createVectorIndex(this, 'Index', vectors, embedding.dimensions)
    const source = createKnowledgeSource(this, base)

    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('bedrock.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:bedrock:${region}:${account}:knowledge-base/*` },
        },
      }),
      // The policy is inline, so that it exists together with the role, before the base is created and until
      // it is deleted: Bedrock reads the index when it creates a base, and empties it when it deletes one.
      // When a base is replaced, the old one is deleted last, and by then this role belongs to the new one.
      // So the role needs both indexes, and gets all indexes of our bucket.
      inlinePolicies: {
        read: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: [embeddingModelArn] }),
            new PolicyStatement({
              actions: VECTOR_ACTIONS,
              resources: [`${vectors.attrVectorBucketArn}/index/*`],
            }),
            ...source.permissions,
          ],
        }),
      },
    })
    const indexes = `<${Stack.of(this).getLogicalId(vectors)}.VectorBucketArn>/index/*`
    suppress(
      role,
      `AwsSolutions-IAM5[Resource::${indexes}]`,
      'The role of a replaced base empties the old index, whose name is not known here',
    )
    if (base.source === 's3') {
      const below = `arn:${partition}:s3:::${base.bucket}/${base.prefix}*`
      suppress(
        role,
        `AwsSolutions-IAM5[Resource::${below}]`,
        'The base is made from all documents below the prefix',
      )
    }

    // Each name contains a fingerprint of the properties that AWS cannot change in place: the replacement is
    // created before the old one is deleted, and two cannot have the same name.
    const knowledgeBase = new CfnKnowledgeBase(this, 'Base', {
      name: `vera-${base.name}-${fingerprint(embedding)}`,
      roleArn: role.roleArn,
      knowledgeBaseConfiguration: {
        type: 'VECTOR',
        vectorKnowledgeBaseConfiguration: {
          embeddingModelArn,
          embeddingModelConfiguration: {
            bedrockEmbeddingModelConfiguration: {
              dimensions: embedding.dimensions,
              embeddingDataType: 'FLOAT32',
            },
          },
        },
      },
      storageConfiguration: { type: 'S3_VECTORS', s3VectorsConfiguration: { indexArn: index.attrIndexArn } },
    })
    const dataSource = new CfnDataSource(this, 'Source', {
      name: `${base.source}-${fingerprint(chunking)}`,
      knowledgeBaseId: knowledgeBase.attrKnowledgeBaseId,
      dataSourceConfiguration: source.configuration,
      // Deletes the vectors together with the source. The pages stay where they are.
      dataDeletionPolicy: 'DELETE',
      vectorIngestionConfiguration: {
        chunkingConfiguration: {
          chunkingStrategy: 'FIXED_SIZE',
          fixedSizeChunkingConfiguration: {
            maxTokens: chunking.maxTokens,
            overlapPercentage: chunking.overlapPercent,
          },
        },
      },
    })
    this.knowledgeBaseId = knowledgeBase.attrKnowledgeBaseId
    this.dataSourceId = dataSource.attrDataSourceId
    this.ingestionDescription = ingestionDescriptionOf(base)
    this.credentialsArn = source.credentials?.secretArn
    scheduleSync(this, 'Sync', {
      sync: knowledge.sync,
      knowledgeBaseArn: knowledgeBase.attrKnowledgeBaseArn,
      knowledgeBaseId: this.knowledgeBaseId,
      dataSourceId: this.dataSourceId,
      ingestionDescription: this.ingestionDescription,
    })
  }
}
