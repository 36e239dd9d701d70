import { expect, test } from 'vitest'
import { disobedient } from './disobedient-model.ts'
import { lastOutcome, mention, openStage, post } from './flow-stage.ts'
import { saying } from './models.ts'

const stage = openStage({
  guardrail: {
    blockedInput: 'This cannot be asked.',
    blockedOutput: 'This cannot be said.',
    deniedTopics: [{ name: 'Salaries', pattern: /salar(y|ies)/i }],
    deniedWords: ['nobody gave me'],
    pii: [{ type: 'URL', pattern: /vpn7\.fernwood\.example/g, input: 'NONE', output: 'ANONYMIZE' }],
  },
})

test('a blocked question does not reach the model, and the reply names the kind of rule, not the match', async () => {
  let asked = 0
  stage.model = {
    answer(...request) {
      asked += 1
      return saying('A model was asked.').answer(...request)
    },
  }
  const { text } = await post(stage, { text: mention('what salary does Grace get?') })
  expect(text).toContain('This cannot be asked.')
  expect(text).toContain("I can't answer this question")
  expect(text).toContain('a topic that is off limits')
  expect(text).not.toMatch(/salar/i)
  expect(asked).toBe(0)
  expect(lastOutcome(stage)).toBe('guardrail')
})

test('a blocked answer is held back', async () => {
  stage.model = disobedient
  const { text } = await post(stage, { text: mention('where does the VPN guide live?') })
  expect(text).toMatch(/I had to hold back my answer.*a blocked word/)
  expect(text).not.toContain('nobody gave me')
})

test('masked text is masked in the reply, without a note', async () => {
  const { text } = await post(stage, { text: mention('what is the VPN gateway and its port?') })
  expect(text).toContain('{URL}, port 4433')
  expect(text).not.toContain('vpn7')
  expect(text).not.toContain('hold back')
})

test('the guardrail reads the question, but not the passages or the thread', async () => {
  const { threadTs } = await post(stage, { user: 'U00GRACE', text: 'My salary is none of your business.' })
  const { text, calls } = await post(stage, { threadTs, text: mention('where does the VPN guide live?') })
  expect(text).toContain('The VPN guide lives under IT')
  const messages = calls.find(({ method }) => method === 'ConverseStream')?.args.messages as {
    content: Record<string, unknown>[]
  }[]
  const marked = messages.flatMap(({ content }) => content).filter((block) => 'guardContent' in block)
  expect(marked).toEqual([{ guardContent: { text: { text: 'where does the VPN guide live?' } } }])
})
