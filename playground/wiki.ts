import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { escapeHtml } from './documents/block.ts'
import type { Page } from './documents/documents.ts'

/** Shows the pages that answers cite in a browser. */
export interface Wiki {
  /**
   * The base of all pages, with a slash at the end. Known before any page, because the URLs of the passages
   * start with it.
   */
  url: string
  /** Serves these pages from now on, and no others. */
  show(pages: readonly Page[]): void
  close(): Promise<void>
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d1c1d}
pre,code{background:#f4f4f4;border-radius:3px}pre{padding:.75rem;white-space:pre-wrap}code{padding:.1em .25em}pre code{padding:0}
table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.25rem .6rem;text-align:left}:target{background:#fff3c4}`

// A document must not load or run anything, whatever it contains. The hash allows our own style.
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

type PageResponse = readonly [status: number, title: string, body: string]
const NOT_FOUND: PageResponse = [404, 'Not found', '<p>This page does not exist.</p>']

/**
 * Serves pages on 127.0.0.1 at the addresses that readDocuments cites, and a list of them at `/`.
 * @param port 0 for any free port
 * @throws the system's error (`EADDRINUSE`) if the port is taken
 */
export async function startWiki({ port = 0 }: { port?: number } = {}): Promise<Wiki> {
  let pages: ReadonlyMap<string, Page> = new Map()
  const answer: RequestListener = (req, res) => {
    const [status, title, body] = isLocal(req.headers.host) ? find(req.url ?? '', pages) : NOT_FOUND
    res.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    res.end(
      `<!doctype html><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style>\n${body}`,
    )
  }
  const server = createServer(answer).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    show(shown) {
      pages = new Map(shown.map((page) => [page.path, page]))
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** Looks the path up among the pages. It never opens a file. */
function find(asked: string, pages: ReadonlyMap<string, Page>): PageResponse {
  const path = decodePath(asked)
  if (path === '') return [200, 'Pages', listOf(pages)]
  const page = path === undefined ? undefined : pages.get(path)
  if (page === undefined) return NOT_FOUND
  try {
    return [200, page.title, page.render()]
  } catch {
    // The document nests deeper than the renderer can recurse.
    return [500, page.title, '<p>This page cannot be shown.</p>']
  }
}

/**
 * Rejects foreign host names. Otherwise a website whose name resolves to this machine could read the pages
 * through the user's browser (DNS rebinding).
 */
function isLocal(host = ''): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)
}

function decodePath(asked: string): string | undefined {
  try {
    return decodeURIComponent(asked.replace(/[?#].*$/s, '').slice(1))
  } catch {
    return undefined
  }
}

function listOf(pages: ReadonlyMap<string, Page>): string {
  const links = Array.from(
    pages.values(),
    ({ path, title }) =>
      `<li><a href="/${escapeHtml(path.split('/').map(encodeURIComponent).join('/'))}">${escapeHtml(title)}</a></li>`,
  )
  return `<h1>Pages</h1>\n<ul>\n${links.join('\n')}\n</ul>\n`
}
