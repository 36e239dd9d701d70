import { describe, expect, test } from 'vitest'
import { type ErrorName, refuseWith } from '../../playground/bedrock/refusal.ts'
import { faultOn, openStage, post, QUESTION, type QuestionView, REFERENCE } from './flow-stage.ts'
import { ending } from './models.ts'

const stage = openStage()

/** The types of the blocks with buttons below the reply. */
function buttonsOf({ replies }: QuestionView): string[] {
  return (replies[0]?.blocks ?? []).map(({ type }) => type).filter((type) => /actions/.test(type))
}
const THUMBS = ['context_actions']
const TRY_AGAIN = ['actions']

describe('an answer is whole only if the model stopped because it had finished', () => {
  test.each(['end_turn', 'stop_sequence'] as const)('%s gets thumbs and no note', async (stopReason) => {
    stage.model = ending('It is in the guide.', stopReason)
    const view = await post(stage, { text: QUESTION })
    expect(view.text.trim()).toBe('It is in the guide.')
    expect(buttonsOf(view)).toEqual(THUMBS)
  })

  test.each(['malformed_model_output', 'a_reason_of_tomorrow'])(
    '%s after text says that the answer broke off, with "Try again"',
    async (stopReason) => {
      stage.model = ending('The first half of it', stopReason)
      const view = await post(stage, { text: QUESTION })
      expect(view.text).toMatch(/^The first half of it\n\n_The answer broke off here/)
      expect(buttonsOf(view)).toEqual(TRY_AGAIN)
    },
  )

  test('tool_use without text says that the model wrote no answer', async () => {
    stage.model = ending('', 'tool_use')
    const view = await post(stage, { text: QUESTION })
    expect(view.text).toMatch(/^The model that writes my answers ended without an answer\./)
    expect(buttonsOf(view)).toEqual(TRY_AGAIN)
  })
})

test('a model that only thinks says so', async () => {
  stage.model = {
    async *answer() {
      for (let n = 0; n < 10; n++) yield { reasoning: 'Hmm. ' }
      yield { stopReason: 'max_tokens' }
    },
  }
  const view = await post(stage, { text: QUESTION })
  expect(view.text).toContain('only thought about this and wrote no answer')
  expect(view.text).not.toContain('Hmm')
})

describe('each cause has its own sentence, and "Try again" only if that can help', () => {
  test.each<[string, ErrorName, string, RegExp, string[]]>([
    ['context', 'ValidationException', 'Input is too long for requested model.', /too long/, []],
    [
      'access',
      'AccessDeniedException',
      "You don't have access to the model with the specified model ID.",
      /not allowed to use the model/,
      [],
    ],
    [
      'retired model',
      'ResourceNotFoundException',
      'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
      /model .* is not available/,
      [],
    ],
    [
      'quota of the day',
      'ThrottlingException',
      'Too many tokens per day, please wait before trying again.',
      /today/,
      [],
    ],
    ['server error', 'InternalServerException', 'broken', /had an error/, TRY_AGAIN],
  ])('%s', async (_, name, message, sentence, buttons) => {
    stage.faults = faultOn('ConverseStream', refuseWith(name, message))
    const view = await post(stage, { text: QUESTION })
    expect(view.text).toMatch(sentence)
    expect(view.text).toMatch(REFERENCE)
    expect(view.text).not.toContain('could not reach')
    expect(buttonsOf(view)).toEqual(buttons)
  })

  test('an error inside the stream, before the first text', async () => {
    stage.streamFaults = () => ({
      afterDeltas: 0,
      ending: { exception: 'validationException', message: 'Input is too long for requested model.' },
    })
    const view = await post(stage, { text: QUESTION })
    expect(view.text).toMatch(/too long/)
    expect(buttonsOf(view)).toEqual([])
  })
})
