import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'

/**
 * The topic of the alarms. It is not encrypted: alarms hold only names and numbers, and CloudWatch cannot
 * publish with the key that AWS manages for topics. A mail subscriber must confirm once.
 */
export function createAlarmTopic(scope: Construct, id: string, email: string): Topic {
  const topic = new Topic(scope, id, { enforceSSL: true })
  // A topic with its own policy (here for TLS) loses the default policy, which lets CloudWatch publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  )
  if (email !== '') topic.addSubscription(new EmailSubscription(email))
  return topic
}
