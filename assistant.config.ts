import type { Access, Identity, Knowledge, Limits, Model } from './backend/assistant.ts'

// The one file that you edit to make the assistant yours. Each field is explained in backend/assistant.ts.

export const identity: Identity = {
  name: 'Vera',
  instructions: '',
  answerWords: 200,
  support: '',
}

export const access: Access = {
  bots: [],
  outsiders: false,
}

export const model: Model = {
  maxTokens: 2000,
  // Claude Haiku 5.5 in October 2026, up to 100,000 tokens of input.
  prices: { inputPerMillion: 0.1, outputPerMillion: 0.5, cachedInputPerMillion: 0.01 },
}

export const knowledge: Knowledge = {
  passagesPerBase: 20,
  passagesShown: 8,
}

export const limits: Limits = {
  turnsPerPersonPerHour: 30,
  turnsPerWorkspacePerDay: 1000,
}
