import { expect, test } from 'vitest'
import { TURNS_TABLE } from '../../playground/account.ts'
import { refuseWith } from '../../playground/bedrock/refusal.ts'
import { failing, mention, openStage, press, refused, textOf } from './flow-stage.ts'
import { saying } from './models.ts'

/** One word for each place where people's words come from. None of them may be found where we keep or print anything. */
const WORDS = {
  question: 'zqquestion',
  thread: 'zqthread',
  fileName: 'zqfilename',
  file: 'zqfile',
  passage: 'zqpassage',
  answer: 'zqanswer',
  masked: 'zqmasked',
  blocked: 'zqblocked',
}

const stage = openStage({
  passages: [
    {
      id: 'marked',
      text: `The ${WORDS.passage} stands in the wiki.`,
      title: WORDS.passage,
      url: `https://wiki.fernwood.example/${WORDS.passage}`,
      path: 'marked.md',
    },
  ],
  guardrail: {
    blockedInput: 'This cannot be asked.',
    blockedOutput: 'This cannot be said.',
    deniedWords: [WORDS.blocked],
    pii: [{ type: 'NAME', pattern: new RegExp(WORDS.masked, 'g'), input: 'NONE', output: 'ANONYMIZE' }],
  },
})

/** Everything that both tiers have printed, and everything that they keep. */
async function kept(): Promise<string> {
  const { edge, lambda, dynamo } = stage.stack
  return JSON.stringify([
    edge.logs,
    lambda.invocations.map(({ logs, error }) => [logs, error]),
    await dynamo.items(TURNS_TABLE),
  ])
}

test('no word of a conversation is printed or kept by either tier, whatever happens', async () => {
  const { slack, lambda } = stage.stack
  const root = slack.post({ channel: 'C00GENERAL', user: 'U00GRACE', text: `We spoke of ${WORDS.thread}.` })
  const ask = async (more = '') => {
    const { ts } = slack.post({
      channel: 'C00GENERAL',
      user: 'U00ADA',
      threadTs: root.ts,
      text: mention(`where is the ${WORDS.passage} of ${WORDS.question}?${more}`),
      files: [{ name: `${WORDS.fileName}.txt`, content: WORDS.file, mimetype: 'text/plain' }],
    })
    await stage.stack.settled()
    return ts
  }
  const at = { channel: 'C00GENERAL', threadTs: root.ts }

  stage.model = saying(`The ${WORDS.answer} is in [1], says ${WORDS.masked}.`)
  await ask()
  await press(stage, at, { actionId: 'feedback', value: 'positive' })
  await ask(` ${WORDS.blocked}`)
  stage.faults = failing(
    'ConverseStream',
    refuseWith('ValidationException', `The text ${WORDS.question} is not to my liking.`),
  )
  await ask()
  await press(stage, at, { actionId: 'retry' })
  stage.faults = failing(
    'Retrieve',
    refuseWith('ValidationException', `The query ${WORDS.question} is too long.`),
  )
  await ask()
  stage.faults = ({ method }) =>
    method === 'chat.startStream' ? refused('channel_type_not_supported') : undefined
  await ask()
  // An answer that is no JSON, and quotes what was said: the invocation fails, and its error with it.
  let left = 4
  stage.faults = ({ method }) =>
    method.startsWith('chat.') && left-- > 0
      ? { kind: 'answer', status: 200, body: `${WORDS.question} ${WORDS.answer}` }
      : undefined
  await ask()
  // What nothing catches quotes it, too.
  stage.faults = failing(
    'PutItem',
    refuseWith('ValidationException', `The item "${WORDS.question}" is not to my liking.`),
  )
  await ask()
  stage.faults = () => undefined
  await slack.slashCommand({
    command: '/vera',
    text: `what about ${WORDS.question}?`,
    channel: 'C00GENERAL',
    user: 'U00ADA',
  })
  await stage.stack.settled()

  // The words did pass through.
  const seen = slack.thread('C00GENERAL', root.ts).map(textOf).join()
  expect(seen).toContain(WORDS.answer)
  expect(seen).toContain('{NAME}')
  expect(JSON.stringify(stage.stack.calls.all)).toContain(WORDS.passage)
  expect(lambda.invocations.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThan(0)

  const all = await kept()
  expect(all.length).toBeGreaterThan(10_000)
  for (const word of Object.values(WORDS)) expect(all.toLowerCase().split(word).length - 1, word).toBe(0)
})
