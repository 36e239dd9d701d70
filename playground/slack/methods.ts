import { readFileSync } from 'node:fs'

/** One Web API method as in Slack's reference. `methods.json` names its source. */
export interface Method {
  http: 'GET' | 'POST'
  /** True if the method reads a JSON body. Every method reads a form, whatever `http` says. */
  json: boolean
  tier: 't1' | 't2' | 't3' | 't4' | 't5'
  scopes: readonly string[]
  args: Readonly<Record<string, Argument>>
  errors: readonly string[]
}

export interface Argument {
  type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'enum'
  required?: boolean
  enum?: readonly string[]
}

const table: { methods: Record<string, Method> } = JSON.parse(
  readFileSync(new URL('./methods.json', import.meta.url), 'utf8'),
)

/** The methods that the simulator knows, by name. */
export const methods: ReadonlyMap<string, Method> = new Map(Object.entries(table.methods))

/** The scopes of all methods in the table. The app has them unless a test says otherwise. */
export const tableScopes: readonly string[] = [
  ...new Set([...methods.values()].flatMap(({ scopes }) => scopes)),
]
