import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager'
import { expect, onTestFinished, test } from 'vitest'
import { ROLE } from '../../playground/account.ts'
import { createCalls } from '../../playground/calls.ts'
import { startSecrets } from '../../playground/secrets.ts'

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:vera/slack-AbC123'

async function openSecrets(changes: Partial<SecretsManagerClientConfig> = {}) {
  const calls = createCalls()
  const secrets = await startSecrets({
    calls,
    region: 'us-east-1',
    credentials: ROLE,
    secrets: { [ARN]: '{"botToken":"xoxb-fake-token"}', plain: 'by name' },
  })
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: secrets.endpoint,
    credentials: ROLE,
    maxAttempts: 1,
    ...changes,
  })
  onTestFinished(async () => {
    client.destroy()
    await secrets.close()
  })
  return {
    calls,
    secrets,
    client,
    get: (id: string) => client.send(new GetSecretValueCommand({ SecretId: id })),
  }
}

test.each([
  ['its ARN', ARN],
  ['its ARN without the suffix', ARN.slice(0, -'-AbC123'.length)],
  ['its name', 'vera/slack'],
])('GetSecretValue finds a secret by %s', async (_, id) => {
  const { get, calls } = await openSecrets()
  expect(await get(id)).toMatchObject({
    ARN,
    Name: 'vera/slack',
    SecretString: '{"botToken":"xoxb-fake-token"}',
    VersionId: expect.stringMatching(/^[\da-f-]{36}$/),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  })
  expect(calls.all).toMatchObject([
    { to: 'secrets', method: 'GetSecretValue', args: { SecretId: id }, status: 200 },
  ])
})

test('a secret that was created with a name only gets an ARN', async () => {
  const { get } = await openSecrets()
  const arn = expect.stringMatching(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:plain-[\da-f]{6}$/)
  expect(await get('plain')).toMatchObject({ ARN: arn, Name: 'plain', SecretString: 'by name' })
})

test('a secret that is set again has a new version under its old ARN', async () => {
  const { get, secrets } = await openSecrets()
  const before = await get(ARN)
  secrets.set('vera/slack', 'rotated')
  const after = await get(ARN)
  expect(after).toMatchObject({ ARN, SecretString: 'rotated' })
  expect(after.VersionId).not.toBe(before.VersionId)
})

test('GetSecretValue answers ResourceNotFoundException for an unknown secret', async () => {
  const { get, calls } = await openSecrets()
  await expect(get('vera/other')).rejects.toBeInstanceOf(ResourceNotFoundException)
  await expect(get('vera/other')).rejects.toThrow("Secrets Manager can't find the specified secret.")
  expect(calls.all[0]).toMatchObject({ status: 400, error: 'ResourceNotFoundException' })
})

test.each([
  [
    'an unknown key',
    { credentials: { ...ROLE, accessKeyId: 'ASIAFAKEOTHER' } },
    'UnrecognizedClientException',
  ],
  [
    'a wrong secret',
    { credentials: { ...ROLE, secretAccessKey: 'fake-other' } },
    'InvalidSignatureException',
  ],
  [
    'another session token',
    { credentials: { ...ROLE, sessionToken: 'fake-other' } },
    'UnrecognizedClientException',
  ],
  [
    'no session token',
    { credentials: { accessKeyId: ROLE.accessKeyId, secretAccessKey: ROLE.secretAccessKey } },
    'UnrecognizedClientException',
  ],
  ['another region', { region: 'eu-west-1' }, 'InvalidSignatureException'],
  ['a clock that is an hour off', { systemClockOffset: -3_600_000 }, 'InvalidSignatureException'],
])('Secrets Manager refuses a request with %s', async (_, changes, name) => {
  const { get, calls } = await openSecrets(changes)
  await expect(get(ARN)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
  expect(calls.all[0]).toMatchObject({ status: 400, error: name })
})

test('Secrets Manager refuses any other operation and records a violation', async () => {
  const { client, calls } = await openSecrets()
  await expect(client.send(new DescribeSecretCommand({ SecretId: ARN }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  })
  expect(calls.violations).toEqual(['Secrets Manager was asked for secretsmanager.DescribeSecret'])
})
