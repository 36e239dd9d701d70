import { expect, test } from 'vitest'
import { readConfig } from '../../backend/config.ts'

const env = {
  AWS_REGION: 'eu-central-1',
  TURNS_TABLE: 'turns',
  SLACK_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:fake',
  MODEL_ID: 'eu.fake-model',
}

test('the configuration is read without its optional variables', () => {
  expect(readConfig(env)).toMatchObject({
    modelRegion: 'eu-central-1',
    knowledgeRegion: 'eu-central-1',
    knowledgeBases: [],
  })
  expect(readConfig(env)).not.toHaveProperty('guardrail')
})

test('each knowledge base gets its name and id from KNOWLEDGE_BASES', () => {
  const { knowledgeBases } = readConfig({ ...env, KNOWLEDGE_BASES: 'wiki=KB00000001, runbooks=KB00000002' })
  expect(knowledgeBases).toEqual([
    { name: 'wiki', id: 'KB00000001' },
    { name: 'runbooks', id: 'KB00000002' },
  ])
})

test('the Slack token and ids are read from variables if no secret is named', () => {
  const slack = { SLACK_BOT_TOKEN: 'xoxb-fake', SLACK_TEAM_ID: 'T00FAKE', SLACK_APP_ID: 'A00FAKE' }
  const { SLACK_SECRET_ARN: _, ...others } = env
  expect(readConfig({ ...others, ...slack }).slack).toEqual({
    botToken: 'xoxb-fake',
    teamId: 'T00FAKE',
    appId: 'A00FAKE',
  })
})

test('one error names every variable that is missing or wrong', () => {
  const read = () => readConfig({ KNOWLEDGE_BASES: 'wiki', GUARDRAIL_ID: 'gr00fake' })
  for (const name of [
    'AWS_REGION',
    'TURNS_TABLE',
    'MODEL_ID',
    'SLACK_SECRET_ARN',
    'KNOWLEDGE_BASES',
    'GUARDRAIL_VERSION',
  ]) {
    expect(read).toThrow(name)
  }
})
