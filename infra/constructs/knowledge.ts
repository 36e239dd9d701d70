import { Stack } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors'
import { Construct } from 'constructs'
import { fingerprint } from '../settings/fingerprint.ts'
import type { Sections } from '../settings/sections.ts'
import { KnowledgeBase } from './knowledge-base.ts'

/** The knowledge bases of the configuration, made or taken as they are. `scope` is in the knowledge's region. */
export class Knowledge extends Construct {
  /** Every base with its id, `name=id,name=id`, as the functions read them. */
  readonly variable: string
  /** Those that are made here, with what their first sync takes. `credentialsArn` is where a source's user and token go. */
  readonly deployed: {
    name: string
    knowledgeBaseId: string
    dataSourceId: string
    ingestionDescription: string
    credentialsArn?: string
  }[] = []
  /** Changes with whatever makes a base anew, while the ids of this stack's resources stay what they are. */
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

    // One bucket, an index for each base. Vectors are made again from the pages, so nothing in it is kept.
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

  /** Lets `grantee` search these bases, and no others of the account. */
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
