import { INLINE_HOLD_CHARS, type Reading, type Token, textToken } from './token.ts'

const TAG = /^<(\/?)([a-z][\w:.-]*)((?:\s[^<>\n]*?)?)\s*\/?>/i
const COMMENT = /^<!--[^\n]*?-->/
/** `<|im_end|>`, which ends a message in the templates of some models. */
const CONTROL_TOKEN = /^<\|[\w ]{1,40}\|>/
/** Attributes as HTML has them. Other words in angle brackets are text: `<b and c>`. */
const ATTRIBUTES =
  /^\s*(?:[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']+)\s*|open\s*|hidden\s*|disabled\s*|controls\s*|reversed\s*)*\/?$/i

/** Tags that Markdown has a mark for. */
const STYLES: Record<string, string> = {
  b: '**', strong: '**', h1: '**', h2: '**', h3: '**', h4: '**', h5: '**', h6: '**', summary: '**', th: '**',
  i: '*', em: '*', cite: '*', dfn: '*', var: '*', s: '~~', del: '~~', strike: '~~',
} // biome-ignore format: a list
const CODE = new Set(['code', 'kbd', 'tt', 'samp'])
const BREAKS = new Set(['br', 'tr', 'dt', 'dd'])
const PARAGRAPHS = new Set(
  'p div details section article header footer main aside blockquote pre ul ol dl table figure center hr'.split(
    ' ',
  ),
)
/** Tags without a mark in Markdown. Names that are in no list may be placeholders, such as `<host>`. */
const NO_MARK = new Set(
  'a u span font small big sub sup mark ins q abbr time label button input form img picture video audio source svg iframe script style link meta html head body title thead tbody tfoot td th caption colgroup col figcaption nav wbr'.split(
    ' ',
  ),
)
/** Models that were not asked to think apart write their thoughts in these. */
const THOUGHTS =
  /^(?:antml:)?(?:think(?:ing)?|thoughts?|reasoning|reflections?|scratchpad|inner[_-]?monologue|analysis|chain[_-]of[_-]thought)$/i

/**
 * Reads an HTML tag at the start of `rest`, which begins with `<`. Undefined if it is none, and 'hold' while its
 * closing tag may follow on the line. `final`: nothing follows `rest`. `before` is the text before it.
 */
export function readTag(rest: string, final: boolean, before: string): Reading | undefined {
  const gone = (COMMENT.exec(rest) ?? CONTROL_TOKEN.exec(rest))?.[0]
  if (gone !== undefined) return { kind: 'tag', raw: gone, written: 'nothing' }
  const [raw, slash, written = '', attributes = ''] = TAG.exec(rest.slice(0, INLINE_HOLD_CHARS)) ?? []
  if (raw === undefined || /^(?:mailto|tel|https?|ftp|slack):/i.test(written)) return undefined
  const name = written.toLowerCase()
  const isHtml = name in STYLES || CODE.has(name) || BREAKS.has(name) || PARAGRAPHS.has(name) || NO_MARK.has(name) || name === 'li' // biome-ignore format: one list
  const isThought = THOUGHTS.test(name)
  if (!ATTRIBUTES.test(attributes)) return undefined
  const isOpening = slash === ''
  if (isOpening && isThought) return { kind: 'thought', raw, name: written }

  const line = /^[^\n]*/.exec(rest)?.[0] ?? ''
  const isWhole = line.length < rest.length || final || rest.length > INLINE_HOLD_CHARS
  const close = line.search(new RegExp(`</${name.replace(/[.]/g, '\\.')}\\s*>`, 'i'))
  if (name === 'img' && isOpening)
    return link(raw, attribute(attributes, 'alt'), attribute(attributes, 'src'))
  const pairs = name in STYLES || CODE.has(name) || name === 'a' || !isHtml
  if (isOpening && pairs && close < 0 && !isWhole) return 'hold'

  if (isOpening && close >= 0 && (CODE.has(name) || name === 'a')) {
    const end = line.indexOf('>', close) + 1
    const whole = rest.slice(0, end)
    const inner = rest.slice(raw.length, close)
    if (name === 'a') return link(whole, inner, attribute(attributes, 'href'))
    return inner.trim() === ''
      ? { kind: 'tag', raw: whole, written: 'nothing' }
      : { kind: 'code', raw: whole, text: inner.trim() }
  }
  const mark = STYLES[name]
  if (mark !== undefined) {
    if (isOpening && close < 0 && /[\p{L}\p{N}]$/u.test(before)) return undefined
    if (isOpening && (close < 0 || rest.slice(raw.length, close).trim() === ''))
      return { kind: 'tag', raw, written: 'nothing' }
    const space = isOpening ? (/^[ \t]*/.exec(rest.slice(raw.length))?.[0] ?? '') : ''
    return {
      kind: 'style',
      raw: raw + space,
      mark,
      closes: !isOpening,
      ownLine: /^(?:h\d|summary)$/.test(name),
    }
  }
  if (name === 'li') return { kind: 'tag', raw, written: isOpening ? 'item' : 'nothing' }
  if (BREAKS.has(name)) {
    const space = /^[ \t]*/.exec(rest.slice(raw.length, raw.length + INLINE_HOLD_CHARS))?.[0] ?? ''
    if (raw.length + space.length === rest.length && !final && space.length < INLINE_HOLD_CHARS) return 'hold'
    return { kind: 'tag', raw: raw + space, written: isOpening ? 'break' : 'nothing' }
  }
  if (PARAGRAPHS.has(name)) return { kind: 'tag', raw, written: 'paragraph' }
  if (name === 'td') return { kind: 'tag', raw, written: isOpening ? 'nothing' : 'space' }
  if (isHtml || !isOpening || /=/.test(attributes) || raw.endsWith('/>'))
    return { kind: 'tag', raw, written: 'nothing' }
  const isAlone = /(?:^|\n)[ \t]*$/.test(before) && line.trimEnd() === raw
  const isWord = /[\p{L}\p{N}]$/u.test(before)
  return !isWord && (close >= 0 || isAlone) ? { kind: 'tag', raw, written: 'nothing' } : undefined
}

function link(raw: string, label: string, url: string): Token {
  return url === '' ? textToken(raw.startsWith('<') ? '<' : raw) : { kind: 'link', raw, label, url }
}

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(
    attributes,
  )
  return (found?.[1] ?? found?.[2] ?? found?.[3] ?? '').trim()
}
