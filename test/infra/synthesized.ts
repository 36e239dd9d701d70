import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import type { Sections } from '../../infra/settings/sections.ts'
import { createStacks } from '../../infra/stack.ts'
import { fakeSections } from './fake-sections.ts'

export interface Resource {
  Type: string
  // biome-ignore lint/suspicious/noExplicitAny: a template is what it is
  Properties: any
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
}

export interface Template {
  Resources: Record<string, Resource>
  Outputs: Record<string, { Value: unknown }>
}

export const FAKE_ACCOUNT = '000000000000'

/**
 * A CDK app with the stacks, under the flags of cdk.json. `change` replaces sections of the fake
 * configuration.
 */
export function appWith(
  outdir: string,
  change: Partial<Sections>,
  context: Record<string, unknown> = {},
): App {
  const { context: flags } = JSON.parse(readFileSync('cdk.json', 'utf8')) as {
    context: Record<string, unknown>
  }
  const app = new App({ outdir, context: { ...flags, ...context }, analyticsReporting: false })
  createStacks(app, { ...fakeSections, ...change })
  return app
}

/** The templates, by the name of their stack. */
export function synthesize(
  change: Partial<Sections> = {},
  context: Record<string, unknown> = {},
): Record<string, Template> {
  // Validation costs more than a second per test file. valid.test.ts and `npm run synth` do it.
  process.env.CDK_VALIDATION = 'false'
  const outdir = mkdtempSync(join(tmpdir(), 'vera-test-'))
  try {
    const { stacks } = appWith(outdir, change, context).synth()
    return Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template as Template]))
  } finally {
    rmSync(outdir, { recursive: true })
  }
}

/** The stack that holds the functions. */
export function home(change: Partial<Sections> = {}, context: Record<string, unknown> = {}): Template {
  const { Vera } = synthesize(change, context)
  if (!Vera) throw new Error('There is no stack named Vera')
  return Vera
}

export function ofType(template: Template, type: string): [logicalId: string, resource: Resource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type)
}

/** The only resource of its type. Throws if there are more or none. */
export function only(template: Template, type: string): Resource {
  return onlyEntry(template, type)[1]
}

export function onlyId(template: Template, type: string): string {
  return onlyEntry(template, type)[0]
}

function onlyEntry(template: Template, type: string): [logicalId: string, resource: Resource] {
  const [found, ...others] = ofType(template, type)
  if (!found || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} resources of type ${type}`)
  return found
}

export function functionNamed(template: Template, name: string): Resource {
  const found = ofType(template, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties.FunctionName === name,
  )
  if (!found) throw new Error(`There is no function ${name}`)
  return found[1]
}

/** A value as text. Values that only exist after the deployment become `${Id}` or `${Id.Attribute}`. */
export function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const [intrinsic, argument] = Object.entries(value)[0] ?? []
  switch (intrinsic) {
    case 'Ref':
      return argument === 'AWS::AccountId'
        ? FAKE_ACCOUNT
        : argument === 'AWS::Partition'
          ? 'aws'
          : `\${${argument}}`
    case 'Fn::GetAtt':
      return `\${${argument.join('.')}}`
    case 'Fn::GetStackOutput':
      return `\${${argument.StackName}.${argument.OutputName}}`
    case 'Fn::Join':
      return argument[1].map(text).join(argument[0])
    default:
      throw new Error(`no reading of ${intrinsic}`)
  }
}

export interface Statement {
  Effect: 'Allow' | 'Deny'
  actions: string[]
  resources: string[]
  Condition?: unknown
}

/**
 * The permissions of all identities: inline and attached policies of roles and users. Leaves resource
 * policies out.
 */
export function identityStatements(template: Template): (Statement & { of: string })[] {
  const attached = ofType(template, 'AWS::IAM::Policy').map(([id, { Properties }]) => ({
    of: id,
    document: Properties.PolicyDocument,
  }))
  const inline = ofType(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
    (Properties.Policies ?? []).map(({ PolicyDocument }: { PolicyDocument: unknown }) => ({
      of: id,
      document: PolicyDocument,
    })),
  )
  return [...attached, ...inline].flatMap(({ of, document }) =>
    document.Statement.map(({ Effect, Action, Resource, Condition }: Record<string, unknown>) => ({
      of,
      Effect,
      actions: [Action].flat(),
      resources: [Resource].flat().map(text),
      ...(Condition !== undefined && {
        Condition: JSON.parse(JSON.stringify(Condition), (_, value) =>
          isIntrinsic(value) ? text(value) : value,
        ),
      }),
    })),
  )
}

/** The permissions of the role of a function. */
export function statementsOf(template: Template, functionName: string): Statement[] {
  const role = functionNamed(template, functionName).Properties.Role['Fn::GetAtt'][0]
  const policies = ofType(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    Properties.Roles?.some((one: unknown) => text(one) === `\${${role}}`),
  )
  const ids = [role, ...policies.map(([id]) => id)]
  return identityStatements(template).filter(({ of }) => ids.includes(of))
}

function isIntrinsic(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'))
  )
}
