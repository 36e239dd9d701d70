import type { DeployedBase } from '../../../infra/deploy/steps/stacks.ts'
import type { World } from './world.ts'

/** Each may only appear on the standard input of the tool that it is for. */
export const SECRETS = {
  confluence: 'fake-confluence-token-000',
  signing: '0123456789abcdef0123456789abcdef',
  bot: 'xoxb-fake-bot-token',
  edgeKey: 'fake/edge/secret/access/key',
  cloudflare: 'fake-token-of-wrangler',
}

/** The variables and options that a pipeline sets. */
export const CI_SECRETS = {
  CONFLUENCE_API_TOKEN: SECRETS.confluence,
  SLACK_SIGNING_SECRET: SECRETS.signing,
  SLACK_BOT_TOKEN: SECRETS.bot,
}
export const CI_FLAGS = ['--yes', '--confluence-user', 'ada@fake.example', '--slack-app', 'new']

export const ARN = { edge: 'arn:fake:edge-key', slack: 'arn:fake:slack', wiki: 'arn:fake:wiki' }

/** The base of the stacks, as in the output KnowledgeBases. */
export const WIKI: DeployedBase = {
  name: 'wiki',
  knowledgeBaseId: 'KB00FAKE00',
  dataSourceId: 'DS00FAKE00',
  ingestionDescription: 'Source 00000000fake',
  credentialsArn: ARN.wiki,
}

/** Accounts that are ready for a first deployment. */
export function emptyWorld(): World {
  return {
    notBootstrapped: [],
    concurrency: 1000,
    reserved: undefined,
    models: {},
    profileStatus: 'ACTIVE',
    inferenceTypes: {},
    form: true,
    vectors: true,
    accounts: [{ id: 'f'.repeat(32), name: 'Fake account' }],
    cloudflareToken: SECRETS.cloudflare,
    subdomain: 'fake',
    targets: [
      'https://vera-edge.fake.workers.dev',
      'Producer for vera-handoffs',
      'Consumer for vera-handoffs',
    ],
    stack: false,
    alias: '1',
    edge: 'a fake Worker',
    outputs: {
      AnswerVersion: '1',
      EdgeKeySecretArn: ARN.edge,
      EdgeCallerUserName: 'fake-edge-user',
      SlackSecretArn: ARN.slack,
      TurnsTableName: 'fake-turns',
      DashboardUrl: 'https://console.fake.example/dashboard',
      AlarmTopicArn: 'arn:fake:alarms',
      KnowledgeBases: JSON.stringify([WIKI]),
    },
    secrets: {
      [ARN.edge]: JSON.stringify({ accessKeyId: 'AKIA00FAKE', secretAccessKey: SECRETS.edgeKey }),
      [ARN.slack]: JSON.stringify({ botToken: 'generated', teamId: 'not-set', appId: 'not-set' }),
      [ARN.wiki]: JSON.stringify({ username: 'not-set', password: 'generated' }),
    },
    keyCreatedOn: '2025-12-31T00:00:00Z',
    existing: {},
    keys: ['AKIA00OWN'],
    jobs: [],
    readable: true,
    queues: [],
    edgeSecrets: {},
    versions: [],
    live: '',
    alsoLive: undefined,
  }
}
