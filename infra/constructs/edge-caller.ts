import { RemovalPolicy, SecretValue } from 'aws-cdk-lib'
import { AccessKey, User } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Answerer } from './answerer.ts'
import { suppress } from './nag.ts'

/**
 * The IAM user of the Worker, which may invoke one alias and nothing else. It has a key, because AWS trusts
 * no identity of Cloudflare's (docs/decisions). CloudFormation passes the key from IAM into a secret and
 * shows it to nobody. The secret is JSON with `accessKeyId` and `secretAccessKey`.
 */
export class EdgeCaller extends Construct {
  readonly userName: string
  readonly secretArn: string

  constructor(scope: Construct, id: string, { answerer }: { answerer: Answerer }) {
    super(scope, id)
    const user = new User(this, 'User')
    answerer.grantInvoke(user)
    const key = new AccessKey(this, 'Key', { user })
    const secret = new Secret(this, 'Secret', {
      description: 'The AWS key of the Worker. It may only invoke vera-answer',
      secretObjectValue: {
        accessKeyId: SecretValue.resourceAttribute(key.accessKeyId),
        secretAccessKey: key.secretAccessKey,
      },
      // The key is deleted together with its user.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    suppress(
      secret,
      'AwsSolutions-SMG4',
      'A new key only works once the Worker has it; docs/operation.md says how to rotate it',
    )
    this.userName = user.userName
    this.secretArn = secret.secretArn
  }
}
