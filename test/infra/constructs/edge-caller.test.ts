import { expect, test } from 'vitest'
import { functionNamed, home, identityStatements, ofType, only, onlyId, text } from '../synthesized.ts'

const template = home()
const aliasId = onlyId(template, 'AWS::Lambda::Alias')

test("the Worker's IAM user may only invoke one alias", () => {
  // No groups, no managed and no inline policies.
  expect(Object.keys(only(template, 'AWS::IAM::User').Properties)).toEqual(['Tags'])
  const policies = ofType(template, 'AWS::IAM::Policy').filter(([, { Properties }]) => Properties.Users)
  expect(policies).toHaveLength(1)
  expect(policies[0]?.[1].Properties.Users).toEqual([{ Ref: onlyId(template, 'AWS::IAM::User') }])
  const statements = identityStatements(template).filter(({ of }) => of === policies[0]?.[0])
  expect(statements).toEqual([
    {
      of: policies[0]?.[0],
      Effect: 'Allow',
      actions: ['lambda:InvokeFunction'],
      resources: [`\${${aliasId}}`],
    },
  ])
})

test('the alias of vera-answer is called live, as in wrangler.toml', () => {
  const { FunctionName, Name } = only(template, 'AWS::Lambda::Alias').Properties
  expect(Name).toBe('live')
  expect(template.Resources[FunctionName.Ref]).toBe(functionNamed(template, 'vera-answer'))
})

test('no resource policy and no function URL lets anybody else invoke the functions', () => {
  expect(ofType(template, 'AWS::Lambda::Permission')).toEqual([])
  expect(ofType(template, 'AWS::Lambda::Url')).toEqual([])
})

test("the Worker's AWS key is only in one secret, and in no output", () => {
  const keyId = onlyId(template, 'AWS::IAM::AccessKey')
  const holders = Object.entries(template.Resources).filter(([, resource]) =>
    JSON.stringify(resource).includes('SecretAccessKey'),
  )
  expect(holders.map(([, { Type }]) => Type)).toEqual(['AWS::SecretsManager::Secret'])
  expect(JSON.parse(text(holders[0]?.[1].Properties.SecretString))).toEqual({
    accessKeyId: `\${${keyId}}`,
    secretAccessKey: `\${${keyId}.SecretAccessKey}`,
  })
  expect(JSON.stringify(template.Outputs)).not.toContain(keyId)
})
