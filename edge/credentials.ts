import type { Bindings } from './bindings.ts'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  /** Only with temporary credentials. */
  sessionToken?: string
}

/**
 * Provides the AWS key. Called before each invoke and counted in its 1.2 s, so cache anything slow and stop
 * when the signal aborts. Return the same object as long as the key is the same: what is derived from it is
 * cached too. Credentials from STS or IAM Roles Anywhere would be a second implementation.
 */
export type CredentialsSource = (signal: AbortSignal) => Promise<Credentials>

/** The key of an IAM user, from the Worker's secrets. */
export function credentialsFromSecrets(env: Bindings): CredentialsSource {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY }
  return async () => credentials
}
