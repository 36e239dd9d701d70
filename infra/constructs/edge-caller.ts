import { RemovalPolicy, SecretValue } from 'aws-cdk-lib'
import { AccessKey, User } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Answerer } from './answerer.ts'
import { suppress } from './nag.ts'

/**
 * As whom the Worker calls: a user that may invoke one alias and nothing else. Cloudflare has no identity that AWS trusts,
 * so it is a key (docs/decisions). The key goes from IAM into a secret inside CloudFormation, which shows it to nobody:
 * JSON with `accessKeyId` and `secretAccessKey`.
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
      // The key dies with its user.
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
