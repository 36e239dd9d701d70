import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { RETAIN_POLICY } from './retain-policy.ts'

/** Who answers which turn, what became of it, and the thumbs. Its keys and attributes are those of backend/dynamo/. */
export class TurnsTable extends Construct {
  readonly tableName: string
  readonly #table: TableV2

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.#table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      // A few writes a question, and none between questions.
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // With AWS's own key: there is not a word of any conversation in here, so a key of ours would guard ids and times.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      // The thumbs of 90 days, which nobody can give again. It has no name of its own, so that a later stack can have one too.
      removalPolicy: RETAIN_POLICY,
    })
    this.tableName = this.#table.tableName
  }

  /** What claims, ends and stops turns, counts them and reads them: single items by their key, never a scan. */
  grantTurns(grantee: IGrantable): void {
    this.#table.grant(grantee, 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
  }
}
