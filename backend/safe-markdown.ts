import { createTokenizer, type Token } from './markdown-tokens.ts'

/** What the turn itself brought along, and may therefore be shown live. */
export interface Allowed {
  /** Addresses that stood in a passage, the thread or the config, as `addressesIn` gives them. */
  urls: ReadonlySet<string>
  /** People of the thread. */
  userIds: ReadonlySet<string>
}

/**
 * A token of the model's text as it may stand in Slack: it pings nobody who is not in the thread, and leads nowhere
 * that the turn did not bring along. What is taken away stays readable.
 */
export function toSafeMarkdown(token: Token, allowed: Allowed): string {
  switch (token.kind) {
    case 'code':
      // Not guaranteed by Slack either way: a control sequence inside code might still be read as one.
      return token.raw.replace(/<(?=!(?:channel|here|everyone|subteam)|@[UW])/g, '<\u200b')
    case 'link': {
      const label = withoutLinks(token.label, allowed)
      if (isAllowed(token.url, allowed)) return `[${label || token.url}](${token.url})`
      return label || code(token.url)
    }
    case 'url':
      return isAllowed(token.raw, allowed) ? token.raw : code(token.raw)
    case 'angle':
      return angle(token.inner, allowed)
    case 'text':
      // What nothing has closed on its line must not be closed by what comes later: then the one would swallow the other.
      if (token.raw === '<') return '&lt;'
      return /^`+$/.test(token.raw) ? token.raw.replaceAll('`', '\\`') : token.raw
    default:
      return token.raw
  }
}

/** Every http(s) address in a text, in the one spelling that they are compared in. */
export function addressesIn(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"`|\\^{}[\]]+/gi)].flatMap(([address]) => {
    const bare = address.replace(/[.,;:!?'*_~]+$/, '')
    return [bare, bare.replace(/\)+$/, '')].flatMap((spelling) => normalized(spelling) ?? [])
  })
}

function angle(inner: string, allowed: Allowed): string {
  const [target = '', label = ''] = inner.split('|', 2)
  const readable = withoutLinks(label, allowed)
  if (/^https?:\/\//i.test(target)) {
    if (isAllowed(target, allowed)) return `[${readable || target}](${target})`
    return readable || code(target)
  }
  if (/^@[UW][A-Z0-9]+$/.test(target)) return allowed.userIds.has(target.slice(1)) ? `<${target}>` : code(target)
  if (/^#C[A-Z0-9]+$/.test(target)) return `<${target}>`
  if (/^![a-z]/.test(target)) return code(`@${target.slice(1).split('^')[0]}`)
  // Slack would take any other for a link as well.
  return `&lt;${withoutLinks(inner, allowed)}>`
}

/** A label can hold an address of its own. */
function withoutLinks(label: string, allowed: Allowed): string {
  const tokenizer = createTokenizer()
  return [...tokenizer.push(label), ...tokenizer.end()]
    .map((token) => (token.kind === 'link' ? token.label : token.kind === 'url' ? code(token.raw) : toSafeMarkdown(token, allowed)))
    .join('')
}

function isAllowed(url: string, allowed: Allowed): boolean {
  const address = normalized(url)
  return address !== undefined && allowed.urls.has(address)
}

function normalized(url: string): string | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  return new URL(url).href
}

function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('`', "'")}\``
}
