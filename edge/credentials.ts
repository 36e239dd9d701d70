import type { Bindings } from './bindings.ts'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  /** Of temporary credentials. */
  sessionToken?: string
}

/**
 * Where the key comes from that may invoke the function; asked before every invoke, so it caches what costs time, and
 * what it takes is taken from the invoke's 1.2 s. Credentials from STS or IAM Roles Anywhere would come from another one.
 */
export type CredentialsSource = () => Promise<Credentials>

/** The key of an IAM user, from the Worker's secrets. */
export function credentialsFromSecrets(env: Bindings): CredentialsSource {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY }
  return async () => credentials
}
