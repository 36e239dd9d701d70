import { beginningOf } from '../shorten.ts'

/** What a data source says of a page. Anybody who writes a page can write anything here. */
export interface PageFields {
  title: string
  url?: string
  updated?: string
}

/** Longer titles tell a reader nothing more, and fill the list of sources. */
export const TITLE_LIMIT_CHARS = 150

/** Browsers and Slack take no longer address. */
export const ADDRESS_LIMIT_CHARS = 2_000

/** The fields of a page in the form that people and the model see: one line each, and a date or none. */
export function cleanPage(page: PageFields, { text, base }: { text: string; base: string }): PageFields {
  const title = oneLine(page.title)
  const shown = title === '' || isId(title) ? (headingOf(text) ?? oneLine(base)) : title
  const url = page.url?.trim().toWellFormed()
  const updated = page.updated === undefined ? undefined : isoDate(page.updated)
  return {
    title:
      shown.length <= TITLE_LIMIT_CHARS ? shown : `${beginningOf(shown, TITLE_LIMIT_CHARS - 1).trimEnd()}…`,
    ...(url !== undefined && url.length <= ADDRESS_LIMIT_CHARS && URL.canParse(url) && { url }),
    ...(updated !== undefined && { updated }),
  }
}

/** Without line breaks, control characters and marks that turn the direction of writing. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .trim()
}

/** A number, a UUID or a hash, as stores name pages that have no title. */
function isId(title: string): boolean {
  const name = title.replace(/\.(?:pdf|docx?|html?|md|txt|csv|xlsx?|json)$/i, '')
  return /^(?:\d{5,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=.*\d)[\da-f]{16,})$/i.test(name)
}

/** The first heading of a Markdown text. */
function headingOf(text: string): string | undefined {
  const heading = /^#{1,6} +(.+?) *#* *$/m.exec(text.slice(0, HEADING_SEARCH_CHARS))?.[1]
  return heading === undefined ? undefined : oneLine(heading) || undefined
}

/** A heading further down names a part of the page. */
const HEADING_SEARCH_CHARS = 500

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** No wiki is older. A date before it is a default, such as 1970-01-01. */
const FIRST_YEAR = 1990
const LAST_YEAR = 2100

/**
 * The day of a date as stores write them: ISO 8601, HTTP's, `1 March 2026`, `1.3.2026` or seconds or milliseconds of
 * the Unix epoch. Undefined for anything else, `3/4/2026` too: nobody knows which of the two is the month.
 */
export function isoDate(value: string): string | undefined {
  const text = value.trim()
  if (/^\d{10}(?:\.\d+)?$|^\d{13}$/.test(text)) {
    const date = new Date(Number(text) * (/^\d{13}$/.test(text) ? 1 : 1_000))
    return dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
  }
  const iso = /^(\d{4})([-/]?)(\d{2})\2(\d{2})(?=$|[T ])/.exec(text)
  if (iso) return dayOf(iso[1], iso[3], iso[4])
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?=$|[, ])/.exec(text)
  if (dotted) return dayOf(dotted[3], dotted[2], dotted[1])
  const dayFirst =
    /^(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?\.?[ -]([a-z]{3})[a-z]*\.?,?[ -](\d{4})(?=$|[, ])/i.exec(
      text,
    )
  if (dayFirst) return dayOf(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1])
  const monthFirst =
    /^(?:[a-z]{3,9},? )?([a-z]{3})[a-z]*\.? {1,2}(\d{1,2})(?:st|nd|rd|th)?,?(?: \d{2}:\d{2}:\d{2})?(?: [a-z]{3,4})? (\d{4})(?=$|[, ])/i.exec(
      text,
    )
  return monthFirst ? dayOf(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]) : undefined
}

function monthOf(name = ''): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1
}

function dayOf(...parts: readonly (string | number | undefined)[]): string | undefined {
  const [year = 0, month = 0, day = 0] = parts.map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isReal && year >= FIRST_YEAR && year <= LAST_YEAR
    ? date.toISOString().slice(0, 'YYYY-MM-DD'.length)
    : undefined
}
