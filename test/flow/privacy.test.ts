import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TURNS_TABLE } from '../../playground/account.ts'
import { refuseWith } from '../../playground/bedrock/refusal.ts'
import { faultOn, mention, openStage, press, slackError, textOf } from './flow-stage.ts'
import { saying } from './models.ts'

/** One word for each source of people's words. None of them may appear in what we log or store. */
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

/** The question of each test. Somebody else has spoken in its thread, and a file is attached. */
const ASKED = `where is the ${WORDS.passage} of ${WORDS.question}?`

async function ask(question = ASKED): Promise<{ channel: string; threadTs: string }> {
  const { slack } = stage.stack
  const channel = 'C00GENERAL'
  const root = slack.post({ channel, user: 'U00GRACE', text: `We spoke of ${WORDS.thread}.` })
  slack.post({
    channel,
    user: 'U00ADA',
    threadTs: root.ts,
    text: mention(question),
    files: [{ name: `${WORDS.fileName}.txt`, content: WORDS.file, mimetype: 'text/plain' }],
  })
  await stage.stack.settled()
  return { channel, threadTs: root.ts }
}

/** What people see in the thread. */
function shown({ channel, threadTs }: { channel: string; threadTs: string }): string {
  return stage.stack.slack.thread(channel, threadTs).map(textOf).join()
}

/** Outcomes of the invocations of this test. */
function outcomes(): string[] {
  return stage.stack.lambda.invocations.slice(invocationsBefore).map(({ outcome }) => outcome)
}
let invocationsBefore = 0

beforeEach(() => {
  invocationsBefore = stage.stack.lambda.invocations.length
  stage.model = saying(`The ${WORDS.answer} is in [1], says ${WORDS.masked}.`)
})

/** Searches the logs of both tiers and the table for the words. */
afterEach(async () => {
  const { edge, lambda, dynamo } = stage.stack
  const logs = lambda.invocations.slice(invocationsBefore).map(({ logs, error }) => [logs, error])
  const items = await dynamo.items(TURNS_TABLE)
  for (const kept of [edge.logs, logs, items]) expect(kept).not.toEqual([])
  const all = JSON.stringify([edge.logs, logs, items]).toLowerCase()
  expect(Object.values(WORDS).filter((word) => all.includes(word))).toEqual([])
})

describe('no word of a conversation is logged or stored', () => {
  test('if a question is answered and the answer is rated', async () => {
    const at = await ask()
    expect(shown(at)).toContain(WORDS.answer)
    expect(shown(at)).toContain('{NAME}')
    await press(stage, at, { actionId: 'feedback', value: 'positive' })
    await stage.stack.settled()
    expect(JSON.stringify(stage.stack.calls.all)).toContain(WORDS.passage)
  })

  test('if the guardrail blocks the question', async () => {
    expect(shown(await ask(`${ASKED} ${WORDS.blocked}`))).toContain('This cannot be asked.')
  })

  test('if the model refuses the question and "Try again" is pressed', async () => {
    stage.faults = faultOn('ConverseStream', refuseWith('ModelErrorException', `I refuse ${WORDS.question}.`))
    const at = await ask()
    await press(stage, at, { actionId: 'retry' })
    await stage.stack.settled()
    expect(shown(at).split('Reference: ')).toHaveLength(3)
  })

  test('if the knowledge bases refuse the query', async () => {
    stage.faults = faultOn('Retrieve', refuseWith('ValidationException', `${WORDS.question} is too long.`))
    expect(shown(await ask())).toContain('I cannot search wiki and runbooks')
  })

  test('if the answer is posted because Slack refuses a stream', async () => {
    stage.faults = faultOn('chat.startStream', slackError('channel_type_not_supported'))
    expect(shown(await ask())).toContain(WORDS.answer)
  })

  test('if Slack answers with the words of the conversation, and not in JSON', async () => {
    let left = 4
    stage.faults = ({ method }) =>
      method.startsWith('chat.') && left-- > 0
        ? { kind: 'answer', status: 200, body: `${WORDS.question} ${WORDS.answer}` }
        : undefined
    await ask()
    expect(left).toBeLessThan(0)
  })

  test('if an invocation fails with an error that quotes the question', async () => {
    let left = 2
    const quoting = refuseWith('ValidationException', `The item "${WORDS.question}" is refused.`)
    stage.faults = ({ method }) => (method === 'PutItem' && left-- > 0 ? quoting : undefined)
    await ask()
    expect(outcomes()).toContain('failed')
  })

  test('if a slash command is typed', async () => {
    await stage.stack.slack.slashCommand({
      command: '/vera',
      text: ASKED,
      channel: 'C00GENERAL',
      user: 'U00ADA',
    })
    await stage.stack.settled()
    expect(outcomes()).toEqual(['succeeded'])
  })
})
