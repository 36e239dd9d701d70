import { Stack } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors'
import { Construct } from 'constructs'
import { fingerprint } from '../settings/fingerprint.ts'
import type { Sections } from '../settings/sections.ts'
import { KnowledgeBase } from './knowledge-base.ts'

/**
 * The knowledge bases of the configuration, new and existing ones. `scope` must be in the region of the
 * knowledge.
 */
export class Knowledge extends Construct {
  /** The value of KNOWLEDGE_BASES: every base with its id, `name=id,name=id`. */
  readonly variable: string
  /**
   * The new bases, with what a deployment needs for their first ingestion. `credentialsArn` is the secret for
   * the source's user and token.
   */
  readonly deployed: {
    name: string
    knowledgeBaseId: string
    dataSourceId: string
    ingestionDescription: string
    credentialsArn?: string
  }[] = []
  /** Changes with every setting that replaces a base. The ids of this stack's resources do not. */
  readonly fingerprint: string
  readonly #region: string
  readonly #ids: string[]

  constructor(
    scope: Construct,
    id: string,
    { knowledge, region }: { knowledge: Sections['knowledge']; region: string },
  ) {
    super(scope, id)
    this.#region = region
    this.fingerprint = fingerprint([knowledge.bases, knowledge.embedding])

    // One bucket with an index for each base. It is not retained: vectors can be made from the pages again.
    let vectors: CfnVectorBucket | undefined
    const bases = knowledge.bases.map((base) => {
      if (base.source === 'existing') return base
      vectors ??= new CfnVectorBucket(this, 'Vectors')
      const { knowledgeBaseId, dataSourceId, ingestionDescription, credentialsArn } = new KnowledgeBase(
        this,
        `Base-${base.name}`,
        {
          base,
          knowledge,
          vectors,
        },
      )
      this.deployed.push({
        name: base.name,
        knowledgeBaseId,
        dataSourceId,
        ingestionDescription,
        ...(credentialsArn && { credentialsArn }),
      })
      return { name: base.name, id: knowledgeBaseId }
    })
    this.#ids = bases.map(({ id }) => id)
    this.variable = bases.map(({ name, id }) => `${name}=${id}`).join(',')
  }

  /** Lets `grantee` search these bases, and no other bases of the account. */
  grantRetrieve(grantee: IGrantable): void {
    const { partition, account } = Stack.of(this)
    if (this.#ids.length === 0) return
    const resources = this.#ids.map(
      (id) => `arn:${partition}:bedrock:${this.#region}:${account}:knowledge-base/${id}`,
    )
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['bedrock:Retrieve'], resources }),
    )
  }
}
