import { hrefOf } from './address.ts'
import { inlineTokens, type Token } from './inline.ts'
import { isEscaping, joined, keptApart, withPipesEscaped } from './separate.ts'

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
    case 'fenced':
      return withoutControl(token.raw)
    case 'link':
      return linkTo(token.url, labelOf(token.label, allowed), allowed)
    case 'url': {
      const href = allowedHref(token.raw, allowed)
      if (href === undefined) return code(token.raw)
      // What follows without a space could become a part of the address.
      return token.apart && (href === token.raw || href === `${token.raw}/`)
        ? token.raw
        : `[${token.raw}](${href})`
    }
    case 'angle':
      return angle(token.inner, allowed)
    case 'delimiter':
      return escaped(token.raw)
    case 'text':
      // What nothing has closed on its line must not be closed by what comes later: then the one would swallow the other.
      if (token.raw === '<') return '&lt;'
      return /^`+$/.test(token.raw) ? escaped(token.raw) : token.raw
    default:
      return token.raw
  }
}

function angle(inner: string, allowed: Allowed): string {
  const [target = '', label = ''] = inner.split('|', 2)
  if (/^https?:\/\//i.test(target)) return linkTo(target, labelOf(label, allowed), allowed)
  if (/^@[UW][A-Z0-9]+$/.test(target))
    return allowed.userIds.has(target.slice(1)) ? `<${target}>` : code(target)
  if (/^#C[A-Z0-9]+$/.test(target)) return `<${target}>`
  if (/^![a-z]/.test(target)) return code(`@${target.slice(1).split('^')[0]}`)
  // Slack would take any other for a link as well.
  return `&lt;${labelOf(inner, allowed)}>`
}

function linkTo(url: string, label: string, allowed: Allowed): string {
  const href = allowedHref(url, allowed)
  if (href === undefined) return label || code(url)
  // In a table `|` would end the cell, and leave the address without its label.
  return `[${withPipesEscaped(withBracketsPaired(label || href))}](${href})`
}

/** A label can hold links, addresses and mentions of its own: none of its links stays one. */
function labelOf(label: string, allowed: Allowed): string {
  let written = ''
  for (const token of inlineTokens(label))
    written += joined(written, token, keptApart(written, inLabel(token, allowed)))
  return written
}

function inLabel(token: Token, allowed: Allowed): string {
  if (token.kind === 'url') return code(token.raw)
  if (token.kind === 'link') return labelOf(token.label, allowed) || code(token.url)
  if (token.kind !== 'angle' || !/^https?:\/\//i.test(token.inner)) return toSafeMarkdown(token, allowed)
  const [url = '', label = ''] = token.inner.split('|', 2)
  return labelOf(label, allowed) || code(url)
}

/** A bracket that pairs with no other would end the label, and a backslash would take its end away. */
function withBracketsPaired(label: string): string {
  if (isEscaping(label)) return withBracketsPaired(`${label}\\`)
  let depth = 0
  for (const [bracket] of label.matchAll(/\\.|[[\]]/g)) {
    if (bracket === '[') depth++
    if (bracket === ']' && --depth < 0) break
  }
  return depth === 0
    ? label
    : label.replace(/\\.|[[\]]/g, (found) => (found.length === 1 ? `\\${found}` : found))
}

function allowedHref(url: string, allowed: Allowed): string | undefined {
  const href = hrefOf(url)
  return href !== undefined && allowed.urls.has(href) ? href : undefined
}

/** Not guaranteed by Slack either way: a control sequence inside code might still be read as one. */
function withoutControl(code: string): string {
  return code.replace(/<(?=!(?:channel|here|everyone|subteam|date)|@[UW]|https?:\/\/|mailto:)/gi, '<\u200b')
}

/** As code; without what would end it, be it a backtick or, in a table, the cell. */
function code(text: string): string {
  return text === '' ? '' : `\`${withoutControl(text).replaceAll('`', "'").replaceAll('|', '%7C')}\``
}

function escaped(mark: string): string {
  return mark.replaceAll(/[`~]/g, '\\$&')
}
