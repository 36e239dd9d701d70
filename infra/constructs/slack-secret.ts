import { RemovalPolicy } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { NOT_SET } from '../settings/secret-placeholder.ts'
import { suppress } from './nag.ts'

/**
 * JSON with `botToken`, `teamId` and `appId`. It starts with placeholders that match no workspace, so that
 * nothing is answered before the app in Slack is installed and the real values are written. Later deployments
 * do not change the value.
 */
export class SlackSecret extends Construct {
  readonly secretArn: string

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const secret = new Secret(this, 'Secret', {
      description: "Vera's bot token in Slack, with the workspace and the app that it belongs to",
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ teamId: NOT_SET, appId: NOT_SET }),
        generateStringKey: 'botToken',
      },
      // Not kept: Slack shows the token again on the page of the app.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    suppress(
      secret,
      'AwsSolutions-SMG4',
      'Slack issues a new bot token only when a person installs the app again',
    )
    this.secretArn = secret.secretArn
  }

  /** Lets `grantee` read the value, but not describe or write the secret. */
  grantRead(grantee: IGrantable): void {
    const read = new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: [this.secretArn],
    })
    grantee.grantPrincipal.addToPrincipalPolicy(read)
  }
}
