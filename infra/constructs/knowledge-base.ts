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

/** What the connector may do in its index. https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html */
const VECTOR_ACTIONS = ['GetIndex', 'GetVectors', 'PutVectors', 'DeleteVectors', 'QueryVectors'].map(
  (action) => `s3vectors:${action}`,
)

/** A knowledge base on S3 Vectors, with the source that it reads and the schedule by which it does. */
export class KnowledgeBase extends Construct {
  readonly knowledgeBaseId: string
  readonly dataSourceId: string
  /** How the jobs that read the source are described. */
  readonly ingestionDescription: string
  /** Where the source's user and token are to be written. Only where it has any. */
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
      // Inline, so that it is there with the role and gone after the base: Bedrock looks into the index when it makes a
      // base, and empties it when it removes one. Of a base that is made anew the old one goes last, when this role is that
      // of the new one already: so it may do this in the indexes of both, and that is in all of the bucket, which is ours.
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

    // Both names change with what cannot be changed in place: the new one is made before the old one goes, and no two
    // may have the same.
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
      // Its pages are still where they were read.
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
