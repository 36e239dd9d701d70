import {
  click,
  command,
  envelope,
  type Fields,
  form,
  mention,
  message,
  stopped,
  thumb,
  tryAgain,
} from './slack-request.ts'

/** Part of every text that people write. No log line may contain it. */
export const WORD = 'xylophone'

export type Path = '/slack/events' | '/slack/interactivity' | '/slack/commands'

const text = `<@U00VERA> ${WORD}`
const direct = { channel: 'D00ADA', channel_type: 'im', text: WORD }
const shared = { is_ext_shared_channel: true }

/** What Slack sends: one example of each kind that the edge distinguishes. */
const EVENTS: Fields[] = [
  envelope(mention({ text })),
  envelope(message({ text })),
  envelope(message(direct)),
  envelope(message({ text, subtype: 'file_share', files: [{ id: 'F00FAKE', name: WORD }] })),
  envelope(message({ text, subtype: 'thread_broadcast', thread_ts: '1789999999.000100' })),
  envelope(message({ text: WORD })),
  envelope(message({ text: WORD, channel: 'G00GROUP', channel_type: 'mpim' })),
  envelope(
    message({
      subtype: 'message_changed',
      hidden: true,
      message: { text: WORD },
      previous_message: { text: WORD },
    }),
  ),
  envelope(mention({ text, edited: { user: 'U00ADA', ts: '1790000001.000000' } })),
  envelope(message({ subtype: 'message_deleted', hidden: true, previous_message: { text: WORD } })),
  envelope(message({ text, hidden: true })),
  envelope(message({ text: WORD, subtype: 'channel_topic' })),
  envelope(message({ text, user: 'U00VERA', bot_id: 'B00VERA', app_id: 'A00FAKE' })),
  envelope(
    message({ text, bot_id: 'B00OTHER', bot_profile: { id: 'B00OTHER', app_id: 'A00OTHER', name: WORD } }),
  ),
  envelope(mention({ text, user_team: 'T00OTHER', team: 'T00OTHER' }), shared),
  envelope(mention({ text }), { ...shared, team_id: 'T00OTHER' }),
  envelope({ ...message({ text }), user: undefined }),
  envelope(mention({ text }), { authorizations: [] }),
  envelope({ type: 'team_join', user: { id: 'U00NEW', name: WORD } }),
  envelope(stopped()),
  { type: 'url_verification', token: 'fake', challenge: 'fake-challenge' },
  {
    type: 'app_rate_limited',
    token: 'fake',
    team_id: 'T00FAKE',
    minute_rate_limited: 1,
    api_app_id: 'A00FAKE',
  },
]
const CLICKS: Fields[] = [
  click(thumb()),
  click(tryAgain()),
  click(tryAgain('A00FAKE:T00FAKE:C00SECRET:1790000000.000100|1')),
  click(thumb(WORD)),
  click({ type: 'button', action_id: 'else', value: WORD }),
  { type: 'view_submission', view: { state: WORD } },
]
const COMMANDS: Record<string, string>[] = [
  command({ text: WORD }),
  command({ text: 'help' }),
  { ssl_check: '1', token: 'fake' },
  { command: '/vera', text: WORD },
]

export interface GeneratedRequest {
  path: Path
  body: string | Uint8Array<ArrayBuffer>
  /** The content of the body; undefined if the body was damaged. */
  parsed: Fields | undefined
}

/** A realistic request. Some have wrong fields, some a damaged body. */
export function generateRequest(random: () => number): GeneratedRequest {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const kind = random()
  const path: Path = kind < 0.8 ? '/slack/events' : kind < 0.93 ? '/slack/interactivity' : '/slack/commands'
  const original = structuredClone(
    path === '/slack/events' ? pick(EVENTS) : path === '/slack/interactivity' ? pick(CLICKS) : pick(COMMANDS),
  ) as Fields
  for (let bends = Math.floor(random() * 4); bends > 0; bends--) bend(original, random)
  const json = JSON.stringify(original)
  const plain =
    path === '/slack/events'
      ? json
      : path === '/slack/interactivity'
        ? form({ payload: json })
        : form(Object.fromEntries(Object.entries(original).map(([name, value]) => [name, String(value)])))
  if (random() > 0.12) return { path, body: plain, parsed: original }
  return { path, body: damage(plain, random), parsed: undefined }
}

/** Removes, retypes, replaces or adds one field somewhere. */
function bend(node: Fields, random: () => number): void {
  const names = Object.keys(node)
  const name = names[Math.floor(random() * names.length)]
  if (name === undefined) return
  const inner = node[name]
  if (typeof inner === 'object' && inner !== null && random() < 0.7) {
    bend(inner as Fields, random)
    return
  }
  // The spaces show that a text replaced an id.
  const others: unknown[] = [
    undefined,
    null,
    7,
    true,
    '',
    `${WORD} ${WORD}`,
    [],
    {},
    [null],
    { deep: { deeper: [{}] } },
    WORD.repeat(500),
    '\ud800',
    '__proto__',
  ]
  node[random() < 0.9 ? name : `${name}_${WORD}`] = others[Math.floor(random() * others.length)]
}

/** Makes the body invalid as JSON, as a form or as text. */
function damage(plain: string, random: () => number): GeneratedRequest['body'] {
  const cut = Math.floor(random() * plain.length)
  switch (Math.floor(random() * 4)) {
    case 0:
      return plain.slice(0, cut)
    case 1:
      return `${'['.repeat(3_000)}${plain}`
    case 2:
      return `${plain.slice(0, cut)}\u0000${WORD}"${plain.slice(cut)}`
    default: {
      const bytes = new Uint8Array(new TextEncoder().encode(plain))
      bytes[cut] = 0xff
      return bytes
    }
  }
}
