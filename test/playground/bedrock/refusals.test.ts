import type { ContentBlock, ConverseStreamCommandInput, Message } from '@aws-sdk/client-bedrock-runtime'
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { expect, onTestFinished, test } from 'vitest'
import { ROLE } from '../../../playground/account.ts'
import { eventsOf, fakeAccount, question, refusalOf, scripted, textOf } from './fake-account.ts'

const user = (...content: ContentBlock[]): Message => ({ role: 'user', content })
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content })
const text = (said: string): ContentBlock.TextMember => ({ text: said })
const cachePoint: ContentBlock = { cachePoint: { type: 'default' } }
const bytes = (length: number) => new Uint8Array(length)
const document = (name: string, length = 3): ContentBlock => ({
  document: { name, format: 'pdf', source: { bytes: bytes(length) } },
})
const image = (length = 3): ContentBlock => ({ image: { format: 'png', source: { bytes: bytes(length) } } })
const NAME_RULE =
  /^The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets\./

test.each<[string, Partial<ConverseStreamCommandInput>, RegExp]>([
  ['no message', { messages: [] }, /at least one message/],
  [
    'a start with the assistant',
    { messages: [assistant(text('Hi')), user(text('Hi'))] },
    /^A conversation must start with a user message\./,
  ],
  [
    'two turns of one role',
    { messages: [user(text('Hi')), user(text('Hi'))] },
    /^A conversation must alternate between user and assistant roles\./,
  ],
  [
    'a prefilled answer',
    { messages: [user(text('Hi')), assistant(text('The'))] },
    /does not support assistant message prefill\. The conversation must end with/,
  ],
  [
    'a message without content',
    { messages: [user()] },
    /^The content field in the Message object at messages\.0 is empty\./,
  ],
  [
    'a blank text',
    { messages: [user(text('Hi'), text(' \n'))] },
    /^The text field in the ContentBlock object at messages\.0\.content\.1 is blank\./,
  ],
  [
    'a blank marked text',
    { messages: [user({ guardContent: { text: { text: ' ' } } })] },
    /at messages\.0\.content\.0 is blank/,
  ],
  [
    'an empty system text',
    { system: [{ text: '' }] },
    /at 'system\.0\.text' failed to satisfy constraint: Member must have length greater/,
  ],
  ['a dot in a document name', { messages: [user(text('Read'), document('report.pdf'))] }, NAME_RULE],
  ['two spaces in a document name', { messages: [user(text('Read'), document('a  report'))] }, NAME_RULE],
  [
    'an ideographic space in a document name',
    { messages: [user(text('Read'), document('a\u3000report'))] },
    NAME_RULE,
  ],
  [
    'a long document name',
    { messages: [user(text('Read'), document('a'.repeat(201)))] },
    /length less than or equal to 200/,
  ],
  [
    'one name twice',
    { messages: [user(text('Read'), document('a'), document('a'))] },
    /^Messages can't contain duplicate document names\./,
  ],
  [
    'a document alone',
    { messages: [user(document('report'))] },
    /^A text block must be included when using documents\.$/,
  ],
  [
    'six documents',
    { messages: [user(text('Read'), ...[...'abcdef'].map((name) => document(name)))] },
    /^You can't include more than 5 documents/,
  ],
  ['a document of 4.6 MB', { messages: [user(text('Read'), document('big', 4.6 * 2 ** 20))] }, /4\.5 MB/],
  [
    '21 images',
    { messages: [user(text('Look'), ...Array.from({ length: 21 }, () => image()))] },
    /too many images: 21 > 20/,
  ],
  [
    'an image of 3.8 MB',
    { messages: [user(text('Look'), image(3.8 * 2 ** 20))] },
    /^The model returned.* messages\.0\.content\.1\.image\.source\.bytes: image exceeds 5 MB/,
  ],
  [
    'an image of the assistant',
    { messages: [user(text('Hi')), assistant(text('See'), image()), user(text('Hm'))] },
    /only a message of the user/,
  ],
  [
    'five cache points',
    {
      messages: [user(text('Hi'), cachePoint, cachePoint, cachePoint)],
      system: [
        { text: 'Be brief' },
        { cachePoint: { type: 'default' } },
        { cachePoint: { type: 'default' } },
      ],
    },
    /A maximum of 4 blocks with cache_control may be provided\. Found 5\./,
  ],
  [
    'maxTokens 0',
    { inferenceConfig: { maxTokens: 0 } },
    /Value '0' at 'inferenceConfig\.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1/,
  ],
  [
    'temperature 1.5',
    { inferenceConfig: { temperature: 1.5 } },
    /'inferenceConfig\.temperature' failed.* less than or equal to 1/,
  ],
  [
    'temperature for a new Claude',
    { inferenceConfig: { temperature: 0 } },
    /`temperature` is deprecated for this model\./,
  ],
  ['topP for a new Claude', { inferenceConfig: { topP: 0.5 } }, /`top_p` is deprecated for this model\./],
  [
    'an unknown model',
    { modelId: 'us.anthropic.claude-haiku-9' },
    /^The provided model identifier is invalid\.$/,
  ],
  [
    'a model of another region',
    { modelId: 'arn:aws:bedrock:eu-west-1:000000000000:inference-profile/us.anthropic.claude-haiku-5-5' },
    /identifier is invalid/,
  ],
  [
    'a model without its profile',
    { modelId: 'anthropic.claude-haiku-5-5' },
    /with on-demand throughput isn’t supported/,
  ],
  [
    'an unknown guardrail',
    { guardrailConfig: { guardrailIdentifier: 'gr1', guardrailVersion: '1' } },
    /^The guardrail identifier or version provided in the request does not exist\.$/,
  ],
  [
    'no guardrail id at all',
    { guardrailConfig: { guardrailIdentifier: 'not-an-id', guardrailVersion: '1' } },
    /^The provided guardrail identifier is invalid\.$/,
  ],
  [
    'metadata with a strange character',
    { requestMetadata: { turn: 'a|b' } },
    /'requestMetadata\.turn' failed/,
  ],
  [
    '17 pieces of metadata',
    { requestMetadata: Object.fromEntries([...'abcdefghijklmnopq'].map((key) => [key, ''])) },
    /'requestMetadata' failed/,
  ],
])('ConverseStream refuses %s', async (_, changes, message) => {
  const model = scripted({ text: 'Yes.' })
  const { runtime, calls } = await fakeAccount({ model })
  const refused = await refusalOf(eventsOf(runtime, question('Hi', changes)))
  expect(refused).toMatchObject({ name: 'ValidationException', status: 400 })
  expect(refused.message).toMatch(message)
  expect(model.asked).toEqual([])
  expect(calls.all).toMatchObject([{ status: 400, error: 'ValidationException' }])
})

test.each<[string, Partial<ConverseStreamCommandInput>]>([
  [
    'everything at its limit',
    {
      messages: [
        user(
          text('Read'),
          ...[...'abcd'].map((name) => document(name)),
          document(`${'e'.repeat(190)} (1) [2]-_`),
          ...Array.from({ length: 20 }, () => image()),
        ),
        assistant(text('Done')),
        user({ guardContent: { text: { text: 'And?', qualifiers: ['query'] } } }, cachePoint),
      ],
      system: [{ text: 'Be brief' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      inferenceConfig: { maxTokens: 1 },
      requestMetadata: { turn: 'A1:T1:C1/2@3' },
    },
  ],
  [
    'sampling and prefill for an older Claude',
    {
      modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      messages: [user(text('Hi')), assistant(text('The'))],
      inferenceConfig: { temperature: 1, topP: 0.9 },
    },
  ],
  [
    'a model by its ARN',
    { modelId: 'arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.claude-haiku-5-5' },
  ],
])('ConverseStream accepts %s', async (_, changes) => {
  const { runtime, calls } = await fakeAccount({ model: scripted({ text: 'Yes.' }) })
  expect(textOf(await eventsOf(runtime, question('Hi', changes)))).toBe('Yes.')
  expect(calls.violations).toEqual([])
})

test('a ConverseStream member that the simulator does not have is a violation', async () => {
  const { runtime, calls } = await fakeAccount()
  await eventsOf(runtime, question('Hi', { inferenceConfig: { stopSequences: ['.'] } }))
  expect(calls.violations).toEqual([
    'ConverseStream was sent the member inferenceConfig.stopSequences, which the simulator does not have.',
  ])
})

test.each([
  ['another secret', { ...ROLE, secretAccessKey: 'other' }, 'InvalidSignatureException'],
  ['another key', { ...ROLE, accessKeyId: 'AKIAOTHER' }, 'UnrecognizedClientException'],
  ['another session', { ...ROLE, sessionToken: 'other' }, 'UnrecognizedClientException'],
])('Bedrock refuses a request signed with %s', async (_, signedWith, name) => {
  const { config, calls } = await fakeAccount()
  const client = new BedrockRuntimeClient({ ...config, credentials: signedWith })
  onTestFinished(() => client.destroy())
  expect(await refusalOf(eventsOf(client, question('Hi')))).toMatchObject({ name, status: 403 })
  expect(calls.all).toMatchObject([{ method: 'ConverseStream', status: 403, error: name }])
})

test('Bedrock refuses an operation that is not simulated and records a violation', async () => {
  const { runtime, calls } = await fakeAccount()
  const { ApplyGuardrailCommand } = await import('@aws-sdk/client-bedrock-runtime')
  const apply = new ApplyGuardrailCommand({
    guardrailIdentifier: 'g',
    guardrailVersion: '1',
    source: 'INPUT',
    content: [{ text: { text: 'Hi' } }],
  })
  expect(await refusalOf(runtime.send(apply))).toMatchObject({
    name: 'UnknownOperationException',
    status: 404,
  })
  expect(calls.violations).toEqual([
    'Bedrock was asked for POST /guardrail/g/version/1/apply, which the simulator does not have.',
  ])
})
