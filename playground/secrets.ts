import { randomBytes, randomUUID } from 'node:crypto'
import type { Calls, Faults } from './calls.ts'
import { type Clock, systemClock } from './clock.ts'
import { type HttpResponse, jsonArguments, startFarEnd } from './far-end.ts'
import type { ReceivedRequest } from './received-request.ts'
import { checkSigV4 } from './sigv4.ts'

export interface Secrets {
  endpoint: string
  /** Gives a secret a new value, like a rotation. Creates the secret if it does not exist. */
  set(id: string, value: string): void
  close(): Promise<void>
}

interface Secret {
  arn: string
  name: string
  value: string
  versionId: string
  /** Seconds of the Unix epoch, with a fraction: the form of times in AWS JSON. */
  createdDate: number
}

const SECRET_ARN = /^arn:aws:secretsmanager:[^:]+:\d{12}:secret:(.+)$/
/**
 * Secrets Manager appends six random characters to the name, so that a secret created again gets a different
 * ARN.
 */
const ARN_SUFFIX = /-[A-Za-z0-9]{6}$/

/**
 * Secrets Manager over AWS JSON 1.1. It has GetSecretValue only; any other call is refused and recorded as a
 * violation. The keys of `secrets` are names or ARNs. A request finds a secret by its name, its ARN, or its
 * ARN without the suffix.
 */
export async function startSecrets(options: {
  calls: Calls
  faults?: Faults
  clock?: Clock
  port?: number
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  secrets: Record<string, string>
}): Promise<Secrets> {
  const { calls, faults, clock = systemClock, port, region, credentials } = options
  const secrets: Secret[] = []

  function find(id: string): Secret | undefined {
    return secrets.find(({ arn, name }) => [arn, arn.replace(ARN_SUFFIX, ''), name].includes(id))
  }

  function set(id: string, value: string): void {
    const existing = find(id)
    const version = { value, versionId: randomUUID() }
    if (existing) {
      Object.assign(existing, version)
      return
    }
    const inArn = SECRET_ARN.exec(id)?.[1]
    const name = inArn === undefined ? id : inArn.replace(ARN_SUFFIX, '')
    const arn =
      inArn === undefined
        ? `arn:aws:secretsmanager:${region}:000000000000:secret:${id}-${randomBytes(3).toString('hex')}`
        : id
    secrets.push({ arn, name, ...version, createdDate: clock.now() / 1000 })
  }

  async function carryOut(request: ReceivedRequest): Promise<HttpResponse> {
    const target = targetOf(request)
    if (request.method !== 'POST' || target !== 'secretsmanager.GetSecretValue') {
      calls.violation(`Secrets Manager was asked for ${target}`)
      return refuse('UnknownOperationException')
    }
    const unsigned = await checkSigV4(request, {
      ...credentials,
      region,
      service: 'secretsmanager',
      now: clock.now(),
    })
    if (unsigned) return refuse(unsigned.code, unsigned.message, unsigned.status)
    const { SecretId: id } = jsonArguments(request)
    if (typeof id !== 'string' || id === '')
      return refuse('InvalidParameterException', 'You must provide a value for the SecretId parameter.')
    const secret = find(id)
    if (!secret)
      return refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    return answer(200, {
      ARN: secret.arn,
      CreatedDate: secret.createdDate,
      Name: secret.name,
      SecretString: secret.value,
      VersionId: secret.versionId,
      VersionStages: ['AWSCURRENT'],
    })
  }

  for (const [id, value] of Object.entries(options.secrets)) set(id, value)
  const server = await startFarEnd({
    calls,
    faults,
    clock,
    port,
    describe: (request) => ({
      to: 'secrets',
      method: targetOf(request).split('.').at(-1) ?? '',
      args: jsonArguments(request),
    }),
    carryOut,
  })
  return { endpoint: server.origin, set, close: server.close }
}

const targetOf = ({ method, url, headers }: ReceivedRequest) =>
  String(headers['x-amz-target'] ?? `${method} ${url}`)

function refuse(type: string, message?: string, status = 400): HttpResponse {
  return answer(status, { __type: type, ...(message === undefined ? {} : { message, Message: message }) })
}

function answer(status: number, body: object): HttpResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() }
  return { status, headers, body: JSON.stringify(body) }
}
