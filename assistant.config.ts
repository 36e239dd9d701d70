import type { Access, Identity, Knowledge, Model } from './backend/assistant.ts'

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
}

export const knowledge: Knowledge = {
  passagesPerBase: 20,
  passagesShown: 8,
}
