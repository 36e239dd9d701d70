import { ADDRESS_CHARS } from './address.ts'
import { INLINE_HOLD_CHARS, type Reading, withoutHalfCharacter } from './token.ts'

/** Slack makes a link of bare text that begins like one of these. */
export const LINK_STARTS = ['https://', 'http://', 'ftp://', 'slack://', 'www.']

const ADDRESS = new RegExp(`^${ADDRESS_CHARS}+`)

const LONGEST_START = Math.max(...LINK_STARTS.map(({ length }) => length))

/** Reads the address at the start of `rest`, which begins with one of LINK_STARTS. */
export function readBareAddress(rest: string, final: boolean): Reading {
  const address = ADDRESS.exec(rest.slice(0, INLINE_HOLD_CHARS))?.[0] ?? rest
  if (address.length === rest.length && !final && rest.length < INLINE_HOLD_CHARS) return 'hold'
  const apart = /^(?:\s|$)/.test(rest.slice(address.length)) && address.length < INLINE_HOLD_CHARS
  return { kind: 'url', raw: withoutTrailingPunctuation(withoutHalfCharacter(address)), apart }
}

/** Drops punctuation that belongs to the sentence, and a closing bracket that the address did not open. */
function withoutTrailingPunctuation(address: string): string {
  let end = address.length
  while (end > 1) {
    const last = address[end - 1] ?? ''
    const unopened =
      last === ')' && address.slice(0, end).split(')').length > address.slice(0, end).split('(').length
    if (!unopened && !/[.,;:!?'*_~]/.test(last)) break
    end--
  }
  return address.slice(0, end)
}

/** The number of characters at the end of `text` that could begin an address. */
export function addressStartLength(text: string): number {
  const tail = text.slice(1 - LONGEST_START).toLowerCase()
  for (let length = tail.length; length > 0; length--)
    if (LINK_STARTS.some((start) => start.startsWith(tail.slice(-length)))) return length
  return 0
}

/** True if `piece`, written right after `line`, would complete the first characters of an address. */
export function completesAddressStart(line: string, piece: string): boolean {
  const tail = line.slice(-LONGEST_START).toLowerCase()
  const next = piece[0]?.toLowerCase()
  return LINK_STARTS.some((start) =>
    [...start].some((character, at) => at > 0 && tail.endsWith(start.slice(0, at)) && next === character),
  )
}
