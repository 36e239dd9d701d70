import type {
  Access,
  Deployment,
  Guardrail,
  Identity,
  Knowledge,
  Limits,
  Model,
} from './backend/assistant.ts'

// The one file that you edit to make the assistant yours. Each field is explained in backend/assistant.ts.

export const identity: Identity = {
  name: 'Vera',
  description: 'Answers questions from our wiki, with links to the pages.',
  suggestedPrompts: [
    { title: 'Find a page', message: 'Where is it written how to request a new laptop?' },
    { title: 'Explain a process', message: 'How does our release process work, step by step?' },
    { title: 'Sum up a thread', message: 'Sum up this thread: what was decided, and what is still open?' },
  ],
  instructions: '',
  answerWords: 200,
  support: '',
}

export const access: Access = {
  bots: [],
  outsiders: false,
}

export const model: Model = {
  id: 'us.anthropic.claude-haiku-5-5',
  // Some models think in any case, and that counts too.
  maxTokens: 4000,
  thinking: 'off',
  // Claude Haiku 5.5 in October 2026, up to 100,000 tokens of input.
  prices: { inputPerMillion: 0.1, outputPerMillion: 0.5, cachedInputPerMillion: 0.01 },
}

export const knowledge: Knowledge = {
  // An address that cannot exist; put your own site here, https://….atlassian.net.
  bases: [{ name: 'wiki', source: 'confluence', site: 'https://your-site.atlassian.example' }],
  embedding: { model: 'amazon.titan-embed-text-v2:0', dimensions: 1024 },
  chunking: { maxTokens: 300, overlapPercent: 20 },
  sync: { schedule: 'cron(0 4 * * ? *)', timezone: 'UTC' },
  rerankModel: 'cohere.rerank-v3-5:0',
  passagesPerBase: 20,
  passagesShown: 8,
}

export const limits: Limits = {
  turnsPerPersonPerHour: 30,
  turnsPerWorkspacePerDay: 1000,
}

export const guardrail: Guardrail = {
  source: 'policy',
  tier: 'STANDARD',
  content: { HATE: 'HIGH', INSULTS: 'MEDIUM', SEXUAL: 'HIGH', VIOLENCE: 'MEDIUM', MISCONDUCT: 'MEDIUM' },
  promptAttack: 'HIGH',
  profanity: true,
  // Names, mail addresses, phone numbers and links are what people ask a wiki for: they are on neither list.
  mask: [
    'PASSWORD', 'PIN', 'DRIVER_ID', 'LICENSE_PLATE', 'VEHICLE_IDENTIFICATION_NUMBER',
    'CREDIT_DEBIT_CARD_NUMBER', 'CREDIT_DEBIT_CARD_EXPIRY', 'INTERNATIONAL_BANK_ACCOUNT_NUMBER',
    'US_BANK_ACCOUNT_NUMBER', 'US_PASSPORT_NUMBER', 'US_SOCIAL_SECURITY_NUMBER', 'US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER',
    'CA_HEALTH_NUMBER', 'CA_SOCIAL_INSURANCE_NUMBER',
    'UK_NATIONAL_HEALTH_SERVICE_NUMBER', 'UK_NATIONAL_INSURANCE_NUMBER', 'UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER',
  ], // biome-ignore format: a list
  block: ['AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'CREDIT_DEBIT_CARD_CVV'],
  topics: [],
  words: [],
}

export const deployment: Deployment = {
  region: 'us-east-1',
  reservedConcurrency: 20,
  logRetentionDays: 90,
  alarmEmail: '',
  dailyBudgetUsd: 5,
  tags: {},
}
