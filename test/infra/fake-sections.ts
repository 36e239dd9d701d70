import type { Sections } from '../../infra/settings/sections.ts'

/** The tests have their own configuration, because operators edit the one in the repository. */
export const fakeSections: Sections = {
  identity: {
    name: 'Fake',
    description: 'A fake assistant.',
    suggestedPrompts: [],
    instructions: '',
    answerWords: 100,
    support: '',
  },
  access: { bots: [], outsiders: false },
  model: {
    id: 'us.anthropic.claude-haiku-5-5',
    maxTokens: 1000,
    prices: { inputPerMillion: 1, outputPerMillion: 5, cachedInputPerMillion: 0.1 },
  },
  knowledge: {
    bases: [{ name: 'wiki', source: 'confluence', site: 'https://fake.atlassian.example' }],
    embedding: { model: 'amazon.titan-embed-text-v2:0', dimensions: 1024 },
    chunking: { maxTokens: 300, overlapPercent: 20 },
    sync: { schedule: 'cron(0 4 * * ? *)', timezone: 'UTC' },
    rerankModel: 'cohere.rerank-v3-5:0',
    passagesPerBase: 20,
    passagesShown: 8,
  },
  limits: { turnsPerPersonPerHour: 10, turnsPerWorkspacePerDay: 100 },
  guardrail: {
    source: 'policy',
    tier: 'STANDARD',
    content: { HATE: 'HIGH', INSULTS: 'MEDIUM', SEXUAL: 'HIGH', VIOLENCE: 'MEDIUM', MISCONDUCT: 'NONE' },
    promptAttack: 'HIGH',
    profanity: true,
    mask: ['PASSWORD', 'US_SOCIAL_SECURITY_NUMBER'],
    block: ['AWS_SECRET_KEY'],
    topics: [],
    words: [],
  },
  deployment: {
    region: 'us-east-1',
    reservedConcurrency: 20,
    logRetentionDays: 90,
    alarmEmail: '',
    dailyBudgetUsd: 5,
    tags: {},
  },
}
