import { expect, test } from 'vitest'
import { NOT_SET } from '../../../infra/settings/secret-placeholder.ts'
import { home, ofType } from '../synthesized.ts'

test('the Slack secret starts with placeholders, by which deploy knows that no app is connected', () => {
  const secrets = ofType(home(), 'AWS::SecretsManager::Secret').flatMap(
    ([, { Properties }]) => Properties.GenerateSecretString ?? [],
  )
  const slack = secrets.find(({ GenerateStringKey }) => GenerateStringKey === 'botToken')
  expect(JSON.parse(slack?.SecretStringTemplate ?? '')).toEqual({ teamId: NOT_SET, appId: NOT_SET })
})
