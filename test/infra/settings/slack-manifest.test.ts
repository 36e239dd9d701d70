import { globSync, readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  type BOT_EVENTS,
  BOT_SCOPES,
  createAppLink,
  manifestOf,
  readEdgeUrl,
} from '../../../infra/settings/slack-manifest.ts'
import { SlackManifest } from '../../../infra/settings/slack-manifest-limits.ts'
import { methods } from '../../../playground/slack/methods.ts'
import { fakeSections } from '../fake-sections.ts'

const URL_OF_EDGE = 'https://vera-edge.fake.workers.dev'
const { identity } = fakeSections
const manifest = manifestOf(fakeSections, URL_OF_EDGE)

describe('the scopes of the bot', () => {
  /**
   * Finds calls such as `client.chat.postMessage(` and `client.agents.sessions.setStatus(` in the backend.
   */
  function calledMethods(): string[] {
    const called = new Set<string>()
    for (const path of globSync('backend/slack/**/*.ts')) {
      const { program } = parseSync(path, readFileSync(path, 'utf8'))
      visit(program, (node) => {
        if (node.type !== 'CallExpression') return
        const [root, ...names] = chain(node.callee as Node)
        if (root === 'client') called.add(names.join('.'))
      })
    }
    return [...called].sort()
  }

  /** Scopes of methods that accept any of several: those for the conversations in which we call them. */
  const CHOSEN: Record<string, string[]> = {
    // We read threads in every kind of conversation.
    'conversations.replies': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
    // We only read the direct message in which a command is answered.
    'conversations.history': ['im:history'],
    'conversations.open': ['im:write'],
  }
  /** Scopes that no call needs, but an event, a command or a feature does. */
  const WITHOUT_A_CALL = ['app_mentions:read', 'commands', 'assistant:write']

  test('are exactly those of the calls that we make, and of features without a call', () => {
    const called = calledMethods()
    expect(called).toContain('chat.startStream')
    // `npm run deploy` calls these for the team and the app.
    const needed = [...called, 'auth.test', 'bots.info'].flatMap((name) => {
      const method = methods.get(name)
      if (!method) throw new Error(`playground/slack/methods.json does not know ${name}`)
      const chosen = CHOSEN[name]
      if (!chosen) {
        expect(method.scopes.length, name).toBeLessThanOrEqual(1)
        return method.scopes
      }
      expect([name, method.scopes]).toEqual([name, expect.arrayContaining(chosen)])
      return chosen
    })
    expect(Object.keys(BOT_SCOPES)).toEqual([...new Set([...needed, ...WITHOUT_A_CALL])].sort())
  })

  test('let Slack send every event of the manifest', () => {
    const WANTED: Record<Exclude<keyof typeof BOT_EVENTS, 'agent_session_stopped'>, string> = {
      app_mention: 'app_mentions:read',
      'message.channels': 'channels:history',
      'message.groups': 'groups:history',
      'message.im': 'im:history',
      'message.mpim': 'mpim:history',
    }
    for (const scope of Object.values(WANTED)) expect(Object.keys(BOT_SCOPES)).toContain(scope)
  })
})

test('the addresses of the manifest are paths that the edge answers', () => {
  const edge = readFileSync('edge/app.ts', 'utf8')
  const { event_subscriptions, interactivity } = manifest.settings
  const [command] = manifest.features.slash_commands
  for (const url of [event_subscriptions.request_url, interactivity.request_url, command.url]) {
    expect(new URL(url).origin).toBe(URL_OF_EDGE)
    expect(edge).toContain(`'${new URL(url).pathname}': 'POST'`)
  }
})

test('the agent view has the description and the prompts of the configuration', () => {
  const suggestedPrompts = [{ title: 'A fake question', message: 'What is fake?' }]
  const { features } = manifestOf({ identity: { ...identity, suggestedPrompts } }, URL_OF_EDGE)
  expect(features.agent_view).toEqual({
    agent_description: identity.description,
    suggested_prompts: suggestedPrompts,
  })
  expect(manifest.features.agent_view).not.toHaveProperty('suggested_prompts')
  expect(features.app_home).toMatchObject({
    messages_tab_enabled: true,
    messages_tab_read_only_enabled: false,
  })
})

test.each([
  ['Vera', '/vera'],
  ['Ask Ada!', '/ask-ada'],
  ['Größe 2', '/größe-2'],
])('an assistant called %s has the slash command %s', (name, command) => {
  expect(
    manifestOf({ identity: { ...identity, name } }, URL_OF_EDGE).features.slash_commands[0].command,
  ).toBe(command)
})

describe('the limits of a manifest', () => {
  const prompt = { title: 'A fake question', message: 'What is fake?' }
  test.each([
    ['a name of 36 characters', { name: 'n'.repeat(36) }, 'identity.name has 36 characters; Slack allows 35'],
    [
      'a name that makes a slash command of 34 characters',
      { name: 'n'.repeat(33) },
      'the slash command, made from identity.name, has 34 characters; Slack allows 32',
    ],
    [
      'a name that makes an empty slash command',
      { name: '!!!' },
      'the slash command, made from identity.name, is too short: Slack needs 2 or more characters',
    ],
    [
      'a description of 141 characters',
      { description: 'd'.repeat(141) },
      'identity.description has 141 characters; Slack allows 140',
    ],
    [
      'a description of 301 characters',
      { description: 'd'.repeat(301) },
      'identity.description has 301 characters; Slack allows 300',
    ],
    ['an empty description', { description: '' }, 'identity.description is too short'],
    [
      'five suggested prompts',
      { suggestedPrompts: Array(5).fill(prompt) },
      'identity.suggestedPrompts has 5 questions; Slack allows 4',
    ],
    [
      'a suggested prompt without a title',
      { suggestedPrompts: [{ ...prompt, title: '' }] },
      'identity.suggestedPrompts: a title is too short',
    ],
    [
      'a suggested prompt without a message',
      { suggestedPrompts: [{ ...prompt, message: '' }] },
      'identity.suggestedPrompts: a message is too short',
    ],
  ])('refuse %s', (_, change, sentence) => {
    expect(() => manifestOf({ identity: { ...identity, ...change } }, URL_OF_EDGE)).toThrow(sentence)
  })

  test.each([
    ['a name of 31 characters', { name: 'n'.repeat(31) }],
    ['a description of 140 characters', { description: 'd'.repeat(140) }],
    ['four suggested prompts', { suggestedPrompts: Array(4).fill(prompt) }],
  ])('allow %s', (_, change) => {
    expect(() => manifestOf({ identity: { ...identity, ...change } }, URL_OF_EDGE)).not.toThrow()
  })

  /**
   * No configuration reaches these limits, so the test changes the manifest itself. The path names the field
   * that Slack would refuse.
   */
  test.each<[string, string, (m: SlackManifest) => unknown]>([
    [
      'a display name of 81 characters',
      'features.bot_user.display_name',
      (m) => (m.features.bot_user.display_name = 'n'.repeat(81)),
    ],
    [
      'a command with an address of 3,008 characters',
      'features.slash_commands.0.url',
      (m) => (m.features.slash_commands[0].url = `https://${'u'.repeat(3000)}`),
    ],
    [
      'a command with a description of 2,001 characters',
      'features.slash_commands.0.description',
      (m) => (m.features.slash_commands[0].description = 'd'.repeat(2001)),
    ],
    [
      'a command with a hint of 1,001 characters',
      'features.slash_commands.0.usage_hint',
      (m) => (m.features.slash_commands[0].usage_hint = 'h'.repeat(1001)),
    ],
    [
      'an address for events of 3,508 characters',
      'settings.event_subscriptions.request_url',
      (m) => (m.settings.event_subscriptions.request_url = `https://${'u'.repeat(3500)}`),
    ],
    [
      'an address for buttons without TLS',
      'settings.interactivity.request_url',
      (m) => (m.settings.interactivity.request_url = 'http://fake.example'),
    ],
    [
      '101 events',
      'settings.event_subscriptions.bot_events',
      (m) => (m.settings.event_subscriptions.bot_events = Array(101).fill('app_mention')),
    ],
    [
      'an event with 51 characters',
      'settings.event_subscriptions.bot_events.0',
      (m) => (m.settings.event_subscriptions.bot_events = ['e'.repeat(51)]),
    ],
    [
      '256 scopes',
      'oauth_config.scopes.bot',
      (m) => (m.oauth_config.scopes.bot = Array(256).fill('commands')),
    ],
    [
      'a scope with 51 characters',
      'oauth_config.scopes.bot.0',
      (m) => (m.oauth_config.scopes.bot = ['s'.repeat(51)]),
    ],
    [
      'a key that Slack does not know',
      'features.assistant_view',
      (m) => Object.assign(m.features, { assistant_view: {} }),
    ],
  ])('refuse a manifest with %s, at %s', (_, path, bend) => {
    const bent = structuredClone(manifest)
    bend(bent)
    expect(v.safeParse(SlackManifest, manifest).success).toBe(true)
    expect(v.safeParse(SlackManifest, bent).issues?.map((issue) => v.getDotPath(issue))).toEqual([path])
  })
})

test('the link to create an app contains the whole manifest', () => {
  const link = new URL(createAppLink(manifest))
  expect(link.origin + link.pathname).toBe('https://api.slack.com/apps')
  expect(link.searchParams.get('new_app')).toBe('1')
  expect(JSON.parse(link.searchParams.get('manifest_json') ?? '')).toEqual(manifest)
})

test.each([
  '',
  'vera-edge',
  'http://vera-edge.fake.workers.dev',
  `${URL_OF_EDGE}/slack/events`,
  `${URL_OF_EDGE}/?a=b`,
])('"%s" is refused as the address of a Worker', (url) => {
  expect(() => readEdgeUrl(url)).toThrow('is not the address of a Worker')
  expect(readEdgeUrl(`${URL_OF_EDGE}/`)).toBe(URL_OF_EDGE)
})

interface Node {
  type: string
  [key: string]: unknown
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) visit(one, see)
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value) see(value as Node)
    for (const one of Object.values(value)) visit(one, see)
  }
}

/** Splits `client.chat.postMessage` into its three names. */
function chain(node: Node): string[] {
  if (node.type === 'Identifier') return [String(node.name)]
  if (node.type !== 'MemberExpression') return []
  const property = node.property as Node
  return [...chain(node.object as Node), String(property.name)]
}
