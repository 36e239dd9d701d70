import { describe, expect, test } from 'vitest'
import { escapeMrkdwn, mentionedUserIds, toPlain } from '../../../backend/prompt/mrkdwn.ts'

const NAMES = new Map([['U00ADA', 'Ada']])

describe("in a text in Slack's markup,", () => {
  test.each([
    ['a mention becomes a name', '<@U00ADA>', '@Ada'],
    ['a mention of a stranger becomes its label', '<@U00GRACE|grace>', '@grace'],
    ['a mention without a name or a label becomes its id', '<@U00GRACE>', '@U00GRACE'],
    ['a mention of the assistant is dropped', '<@U00VERA> hello', 'hello'],
    ['a channel becomes its name', '<#C00GENERAL|general>', '#general'],
    ['a channel without a name becomes its id', '<#C00GENERAL>', '#C00GENERAL'],
    ['a broadcast becomes a word', '<!here>', '@here'],
    ['a group becomes its label', '<!subteam^S00FAKE|@admins>', '@admins'],
    ['a group without a label becomes its kind', '<!subteam^S00FAKE>', '@subteam'],
    ['a link becomes its address', '<https://a.example>', 'https://a.example'],
    ['a repeated label is dropped', '<https://a.example|https://a.example>', 'https://a.example'],
    ['a link keeps label and address', '<https://a.example|it>', 'it (https://a.example)'],
    [
      'a mail address keeps label and address',
      '<mailto:a@a.example|a@a.example>',
      'a@a.example (mailto:a@a.example)',
    ],
    ['escapes are undone once', '&lt;b&gt; &amp; &amp;lt;', '<b> & &lt;'],
  ])('%s: %s', (_, mrkdwn, plain) => {
    expect(toPlain(mrkdwn, NAMES, 'U00VERA')).toBe(plain)
  })
})

test('the people whom a text mentions are known by id', () => {
  expect(mentionedUserIds('<@U00ADA>, <@W00GRACE|grace>, <#C00GENERAL> and <!here>')).toEqual([
    'U00ADA',
    'W00GRACE',
  ])
})

test.each(['<!channel> & <@U00ADA>', '&lt;', 'a > b'])(
  '%s reads the same after Slack has shown it',
  (text) => {
    expect(escapeMrkdwn(text)).not.toMatch(/[<>]/)
    expect(toPlain(escapeMrkdwn(text), NAMES)).toBe(text)
  },
)
