import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { RETAIN_POLICY } from './retain-policy.ts'

/**
 * Holds claims and results of turns, counters, and the thumbs. backend/dynamo/ defines its keys and
 * attributes.
 */
export class TurnsTable extends Construct {
  readonly tableName: string
  readonly #table: TableV2

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.#table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      // There are a few writes per question, and none between questions.
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // AWS's own key is enough: the table holds ids and times, and no words of a conversation.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      // The thumbs of 90 days cannot be recovered. The table has no fixed name, so that a later stack can
      // create another.
      removalPolicy: RETAIN_POLICY,
    })
    this.tableName = this.#table.tableName
  }

  /** Allows reads and writes of single items by their key, and no scan. */
  grantTurns(grantee: IGrantable): void {
    this.#table.grant(grantee, 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
  }
}
