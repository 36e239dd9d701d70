import { type Args, stringOf } from './arguments.ts'
import { Refusal, refuseFor } from './refusal.ts'

/** The most objects on one page (docs.slack.dev/reference/methods/conversations.replies). */
const MAX_PER_PAGE = 1000
const TS = /^\d+(\.\d+)?$/

/**
 * Returns one page by `cursor` and `limit`. `next` is empty on the last page. Refuses a cursor that Slack
 * never gave with `invalid_cursor`.
 */
export function page<T>(all: readonly T[], args: Args, defaultLimit: number): { items: T[]; next: string } {
  const limit = typeof args.limit === 'number' && args.limit !== 0 ? args.limit : defaultLimit
  if (limit < 1 || limit > MAX_PER_PAGE)
    throw refuseFor('invalid_arguments', [`must be between 1 and ${MAX_PER_PAGE} [json-pointer:/limit]`])
  const from = readCursor(stringOf(args, 'cursor') ?? '')
  const next = from + limit < all.length ? Buffer.from(`offset:${from + limit}`).toString('base64') : ''
  return { items: all.slice(from, from + limit), next }
}

/** The time window of `oldest` and `latest`. Excludes both ends unless `inclusive` is set. */
export function windowOf(args: Args): (ts: string) => boolean {
  const oldest = stringOf(args, 'oldest') ?? '0'
  const latest = stringOf(args, 'latest') ?? 'now'
  if (!TS.test(oldest)) throw new Refusal('invalid_ts_oldest')
  if (latest !== 'now' && !TS.test(latest)) throw new Refusal('invalid_ts_latest')
  const from = microseconds(oldest)
  const to = latest === 'now' ? Number.POSITIVE_INFINITY : microseconds(latest)
  return (ts) => {
    const at = microseconds(ts)
    return args.inclusive === true ? at >= from && at <= to : at > from && at < to
  }
}

function microseconds(ts: string): number {
  const [seconds = '0', fraction = ''] = ts.split('.')
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

function readCursor(cursor: string): number {
  if (cursor === '') return 0
  const offset = /^offset:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1]
  if (offset === undefined) throw new Refusal('invalid_cursor')
  return Number(offset)
}
