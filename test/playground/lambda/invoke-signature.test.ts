import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../fake-clock.ts'
import { edge, openLambdaStage, refusalOf } from './lambda-stage.ts'

const INVALID_TOKEN = 'The security token included in the request is invalid.'
const MISMATCH = expect.stringContaining(
  'The request signature we calculated does not match the signature you provided.',
)

describe('the signature of an Invoke', () => {
  test.each([
    ['an unknown key', { accessKeyId: 'AKIAFAKEOTHER' }, 'UnrecognizedClientException', INVALID_TOKEN],
    ['a wrong secret', { secretAccessKey: 'fake-other-secret' }, 'InvalidSignatureException', MISMATCH],
    [
      'another region',
      { region: 'eu-west-1' },
      'InvalidSignatureException',
      "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    ],
    [
      'another service',
      { service: 'bedrock' },
      'InvalidSignatureException',
      "Credential should be scoped to correct service: 'lambda'. ",
    ],
    [
      'a session token that the key does not have',
      { sessionToken: 'fake' },
      'UnrecognizedClientException',
      INVALID_TOKEN,
    ],
  ])('made with %s is refused', async (_, changes, type, message) => {
    const { invoke, lambda } = await openLambdaStage()
    expect(await refusalOf(await invoke({}, { client: edge(changes) }))).toEqual({
      status: 403,
      type,
      message,
    })
    expect(lambda.invocations).toEqual([])
  })

  test.each([
    ['the body', (url: string) => url, '{"changed":true}'],
    ['the alias', (url: string) => url.replace('live', 'next'), '{}'],
  ])('is refused if %s was changed after signing', async (_, changedUrl, changedBody) => {
    const { lambda } = await openLambdaStage()
    const url = `${lambda.origin}/2015-03-31/functions/answerer/invocations?Qualifier=live`
    const signed = await edge().sign(url, { method: 'POST', body: '{}' })
    const response = await fetch(changedUrl(url), {
      method: 'POST',
      headers: signed.headers,
      body: changedBody,
    })
    expect(await refusalOf(response)).toEqual({
      status: 403,
      type: 'InvalidSignatureException',
      message: MISMATCH,
    })
  })

  test('is required', async () => {
    const { lambda } = await openLambdaStage()
    const response = await fetch(`${lambda.origin}/2015-03-31/functions/answerer:live/invocations`, {
      method: 'POST',
      body: '{}',
    })
    const refusal = {
      status: 403,
      type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    }
    expect(await refusalOf(response)).toEqual(refusal)
  })

  test.each([
    [-301, 'Signature not yet current: '],
    [301, 'Signature expired: '],
  ])('that is %i s old is refused', async (ageSeconds, begins) => {
    const { invoke } = await openLambdaStage({ clock: createFakeClock() })
    const refusal = {
      status: 403,
      type: 'InvalidSignatureException',
      message: expect.stringContaining(begins),
    }
    expect(await refusalOf(await invoke({}, { ageSeconds }))).toEqual(refusal)
  })

  test.each([-300, 300])('that is %i s old is accepted', async (ageSeconds) => {
    const { invoke } = await openLambdaStage({ clock: createFakeClock() })
    expect((await invoke({}, { type: 'DryRun', ageSeconds })).status).toBe(204)
  })
})
