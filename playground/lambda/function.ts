import type { HttpResponse } from '../far-end.ts'
import { refusal } from './refusal.ts'

/** One function as it is deployed. */
export interface LambdaFunction {
  name: string
  /** All of them point to version 1, the only published one. */
  aliases: readonly string[]
  /** Path of the deployed ES module (`.mjs`). Its source map is deployed too, if there is one. */
  bundle: string
  export: 'handler' | 'apologize'
  environment: Record<string, string>
  /**
   * Time limit of one invocation, in real time. Also takes fractions, so that a test can be short; AWS takes
   * whole seconds.
   */
  timeoutSeconds: number
  memoryMb: number
  /** True if the caller's key may invoke the aliases. Without an alias it never may. */
  invokableByCaller: boolean
  /** The function whose queue gets the record of a failed asynchronous invocation. */
  onFailure?: string
  /** How many invocations may run at the same time. Without it, any number. */
  reservedConcurrency?: number
}

export interface AwsAccount {
  region: string
  /** Twelve digits. */
  accountId: string
}

export const PUBLISHED_VERSION = '1'
const LATEST = '$LATEST'

/** The pattern that API_Invoke documents for FunctionName, with its parts as groups. */
const FUNCTION_NAME =
  /^(arn:(?:aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(?:-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/

export function functionArn({ region, accountId }: AwsAccount, name: string, qualifier?: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`
}

export function executedVersion(qualifier: string | undefined): string {
  return qualifier === undefined || qualifier === LATEST ? LATEST : PUBLISHED_VERSION
}

export interface FunctionRef {
  name: string
  qualifier: string | undefined
  arn: string
}

/**
 * Reads `name`, `name:alias`, a partial or a full ARN, together with the parameter `Qualifier`. Otherwise
 * refuses as Lambda does.
 */
export function readFunctionName(
  given: string,
  parameter: string | undefined,
  account: AwsAccount,
): FunctionRef | HttpResponse {
  const parts = FUNCTION_NAME.exec(given)
  const name = parts?.[5]
  if (!parts || name === undefined) {
    const pattern = FUNCTION_NAME.source.replaceAll('?:', '').slice(1, -1)
    return refusal(
      400,
      'ValidationException',
      `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
    )
  }
  const qualifier = parts[6] ?? parameter
  if (parameter !== undefined && qualifier !== parameter) {
    return refusal(
      400,
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    )
  }
  const region = parts[2]?.slice(0, -1) ?? account.region
  const accountId = parts[3]?.slice(0, -1) ?? account.accountId
  return { name, qualifier, arn: functionArn({ region, accountId }, name, qualifier) }
}

/** The function that a reference means, if it is deployed here under that alias or version. */
export function findFunction(
  functions: readonly LambdaFunction[],
  { name, qualifier, arn }: FunctionRef,
  account: AwsAccount,
): LambdaFunction | undefined {
  const found = functions.find((one) => one.name === name && functionArn(account, name, qualifier) === arn)
  const qualifiers = [undefined, LATEST, PUBLISHED_VERSION, ...(found?.aliases ?? [])]
  return qualifiers.includes(qualifier) ? found : undefined
}
