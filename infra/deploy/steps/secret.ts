import { parseJson, type Tools } from '../terminal/tools.ts'

export interface SecretLocation {
  arn: string
  region: string
}

/** Reads the JSON in a secret of Secrets Manager. It stays in memory. */
export async function readSecret<T>(
  tools: Tools,
  { arn, region }: SecretLocation,
  dryRunValue: T,
): Promise<T> {
  const args = [
    'secretsmanager',
    'get-secret-value',
    '--secret-id',
    arn,
    '--region',
    region,
    '--output',
    'json',
  ]
  const { SecretString } = await tools.read(
    { tool: 'aws', args },
    { SecretString: JSON.stringify(dryRunValue) },
  )
  return parseJson(SecretString, `The value of the secret ${arn}`)
}

/**
 * Only the value travels by standard input: `--cli-input-json` would read its file twice.
 * https://github.com/aws/aws-cli/issues/5982
 */
export async function writeSecret(
  tools: Tools,
  { arn, region }: SecretLocation,
  value: Record<string, string>,
): Promise<void> {
  const label = `JSON: ${Object.keys(value).join(', ')}`
  const args = [
    'secretsmanager',
    'put-secret-value',
    '--secret-id',
    arn,
    '--region',
    region,
    '--secret-string',
    'file:///dev/stdin',
  ]
  await tools.call({ tool: 'aws', args, input: { text: JSON.stringify(value), label } })
}
