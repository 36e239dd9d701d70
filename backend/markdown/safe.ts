import { hrefsOf, withoutEntities } from './address.ts'
import { inlineTokens } from './inline.ts'
import { endsWithEscape, separateAddress, separateMarkup, ZERO_WIDTH_SPACE } from './separate.ts'
import { withPipesEscaped } from './table.ts'
import type { Token } from './token.ts'

/** The links and mentions that may be live in the answer: only those that the turn itself contained. */
export interface AllowList {
  /** Addresses of pages, mail and telephones from all that the turn holds, in the spelling of `addressesIn`. */
  urls: ReadonlySet<string>
  /** People in the thread. */
  userIds: ReadonlySet<string>
}

/**
 * A token of the model's text in a form that is safe in Slack: it pings nobody outside the thread, and every
 * link was part of the turn. What we remove stays readable as text.
 */
export function toSafeMarkdown(token: Token, allowed: AllowList): string {
  switch (token.kind) {
    case 'code':
      return token.text === undefined ? withoutControl(token.raw) : code(withoutEntities(token.text), '|')
    case 'tag':
    case 'style':
    case 'thought':
      return ''
    case 'fenced':
      return withoutControl(token.raw)
    case 'link':
      return linkTo(token.url, labelOf(token.label, allowed), allowed)
    case 'url': {
      const href = allowedHref(token.raw, allowed)
      if (href === undefined) return code(token.raw)
      // Text that follows without a space could become part of a bare address.
      return token.apart && (href === token.raw || href === `${token.raw}/`)
        ? token.raw
        : `[${token.raw}](${href})`
    }
    case 'angle':
      return angle(token.inner, allowed)
    case 'delimiter':
      return escaped(token.raw)
    case 'text':
      // A `<` or backticks without a partner on the line must not pair with later ones.
      if (token.raw === '<') return '&lt;'
      return /^`+$/.test(token.raw) ? escaped(token.raw) : token.raw
    default:
      return token.raw
  }
}

function angle(inner: string, allowed: AllowList): string {
  const [target = '', label = ''] = inner.split('|', 2)
  if (/^(?:https?:\/\/|mailto:|tel:)/i.test(target)) return linkTo(target, labelOf(label, allowed), allowed)
  if (/^[^\s@]+@[^\s@]+$/.test(target) && allowedHref(`mailto:${target}`, allowed) !== undefined)
    return linkTo(`mailto:${target}`, target, allowed)
  if (/^@[UW][A-Z0-9]+$/.test(target))
    return allowed.userIds.has(target.slice(1)) ? `<${target}>` : code(target)
  if (/^#C[A-Z0-9]+$/.test(target)) return `<${target}>`
  if (/^![a-z]/.test(target)) return code(`@${target.slice(1).split('^')[0]}`)
  // Slack makes a link of anything else in angle brackets.
  return `&lt;${labelOf(inner, allowed)}>`
}

function linkTo(url: string, label: string, allowed: AllowList): string {
  const href = allowedHref(url, allowed)
  if (href === undefined) {
    if (label === '') return code(url)
    return label.includes(code(url)) || !isWorthShowing(url) ? label : `${label} (${code(url)})`
  }
  // A pipe would end the cell of a table, and leave the address without its label.
  return `[${withPipesEscaped(withBracketsPaired(label || href))}](${href})`
}

/** A label never swallows an address that a reader could use. */
function isWorthShowing(url: string): boolean {
  return !/^(?:#|data:)/i.test(url) && /[:/.@]/.test(url)
}

/** A label in safe form. Everything inside it is made safe too, and no link in it stays a link. */
function labelOf(label: string, allowed: AllowList): string {
  let written = ''
  for (const token of inlineTokens(label))
    written += separateMarkup(written, token, separateAddress(written, inLabel(token, allowed)))
  return written
}

function inLabel(token: Token, allowed: AllowList): string {
  if (token.kind === 'url') return code(token.raw)
  if (token.kind === 'link') return labelOf(token.label, allowed) || code(token.url)
  if (token.kind !== 'angle' || !/^https?:\/\//i.test(token.inner)) return toSafeMarkdown(token, allowed)
  const [url = '', label = ''] = token.inner.split('|', 2)
  return labelOf(label, allowed) || code(url)
}

/** Escapes the brackets of a label unless they pair, since a lone one ends it, and a backslash at its end. */
function withBracketsPaired(label: string): string {
  if (endsWithEscape(label)) return withBracketsPaired(`${label}\\`)
  let depth = 0
  for (const [bracket] of label.matchAll(/\\.|[[\]]/g)) {
    if (bracket === '[') depth++
    if (bracket === ']' && --depth < 0) break
  }
  return depth === 0
    ? label
    : label.replace(/\\.|[[\]]/g, (found) => (found.length === 1 ? `\\${found}` : found))
}

function allowedHref(url: string, allowed: AllowList): string | undefined {
  return hrefsOf(url).find((href) => allowed.urls.has(href))
}

/** Breaks control sequences inside code. Slack does not document whether it ignores them there. */
function withoutControl(code: string): string {
  return code.replace(
    /<(?=!(?:channel|here|everyone|subteam|date)|@[UW]|https?:\/\/|mailto:)/gi,
    `<${ZERO_WIDTH_SPACE}`,
  )
}

/** `text` as inline code, without the characters that would end it: a backtick, or a pipe in a table. */
function code(text: string, pipe = '%7C'): string {
  return text === '' ? '' : `\`${withoutControl(text).replaceAll('`', "'").replaceAll('|', pipe)}\``
}

function escaped(mark: string): string {
  return mark.replaceAll(/[`~]/g, '\\$&')
}
