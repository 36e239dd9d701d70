import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { parse } from 'node-html-parser'
import { expect, onTestFinished, test } from 'vitest'
import { startWiki } from '../../playground/wiki.ts'
import { read } from './documents/folder.ts'

async function serve(files: Record<string, string>) {
  const wiki = await startWiki()
  onTestFinished(() => wiki.close())
  const documents = await read(files, wiki.url)
  wiki.show(documents.pages)
  return { wiki, ...documents }
}

const status = async (url: string) => (await fetch(url)).status

test('each URL of a passage opens a page that has an element with its id', async () => {
  const { passages } = await serve({
    'ops/a (1).md':
      '# Ops\n\nHi.\n\n## Rotate `it`\n\nA.\n\n## Rotate it\n\nB.\n\n### Über "uns"\n\nC.\n\n<h2>Raw one</h2>\n\nD.\n',
    'b.html': '<h1>B</h1><p>Hi.<h2>Rotate it</h2><p>There.',
    'c.txt': 'Only text, 5 < 6.',
  })
  expect(passages).toHaveLength(8)
  for (const { url } of passages) {
    const answer = await fetch(url)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const page = parse(await answer.text())
    const id = decodeURIComponent(new URL(url).hash.slice(1))
    const ids = page.querySelectorAll('h1,h2,h3').map((heading) => heading.getAttribute('id'))
    expect(ids.filter((other) => other === id)).toHaveLength(id === '' ? 0 : 1)
  }
})

test('a document with scripts, frames and pictures is shown without any of them', async () => {
  const { passages } = await serve({
    'a.md': [
      '# A <script>alert(1)</script> ![x](https://evil.example/p.png)',
      'Text <img src=x onerror=alert(2)> and <b onclick="alert(3)">b</b>',
      '[one](javascript:alert(4)) [two](JaVa&#115;cript:alert(5)) [three](data:text/html,<script>alert(6)</script>) [four](b.md) ![p](https://evil.example/q.png)',
      '<iframe src="https://evil.example"></iframe>',
      '<svg><script>alert(7)</script></svg>',
      '```"><script>alert(8)</script>\nx\n```',
      '| <script>alert(9)</script> |\n| --- |\n| <style>*{}</style> |',
    ].join('\n\n'),
    'b.html':
      '<h1 onclick="alert(1)">B<script>alert(2)</script></h1><p>&lt;script&gt;alert(3)&lt;/script&gt; <a href="javascript:alert(4)">l</a>',
    'c.txt': '<script>alert(1)</script>\n```\n</code><script>alert(2)</script>',
    'd.md': '---\ntitle: </title><script>alert(1)</script>\n---\nD',
  })
  const text: Record<string, string> = { 'a.md': 'Text', 'b.html': 'B', 'c.txt': 'alert(2)', 'd.md': 'D' }
  expect([...new Set(passages.map(({ path }) => path))]).toEqual(Object.keys(text))
  for (const { url, path } of passages) {
    const answer = await fetch(url)
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; /,
    )
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const page = parse(await answer.text())
    expect(page.querySelectorAll('script,iframe,svg,img,object,embed,form')).toEqual([])
    expect(page.querySelectorAll('style')).toHaveLength(1)
    expect(page.text).toContain(text[path])
    for (const element of page.querySelectorAll('*')) {
      expect(Object.keys(element.attributes).filter((name) => /^on/i.test(name))).toEqual([])
      expect(element.getAttribute('href') ?? '').not.toMatch(/^(javascript|data):/i)
    }
  }
})

test('a path that is not a page is 404, even if it names a file', async () => {
  const { wiki, passages } = await serve({ 'docs/a.md': 'A' })
  expect(await status(passages[0]?.url ?? '')).toBe(200)
  expect(await (await fetch(wiki.url)).text()).toContain('href="/docs/a.md"')
  for (const path of [
    'b.md',
    'docs',
    'docs/',
    'docs/b.md',
    '..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    'docs/..%2f..%2fpackage.json',
    '%zz',
  ]) {
    expect([path, await status(`${wiki.url}${path}`)]).toEqual([path, 404])
  }
  // fetch would remove the dots.
  const socket = connect(Number(new URL(wiki.url).port), '127.0.0.1')
  socket.write('GET /../../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
  const [first] = (await once(socket, 'data')) as [Buffer]
  expect(first.toString()).toMatch(/^HTTP\/1\.1 404 /)
  socket.destroy()
})

test('a request with a foreign Host header gets 404', async () => {
  const { passages } = await serve({ 'a.md': 'A' })
  const asked = request(passages[0]?.url ?? '', { headers: { host: 'evil.example' } }).end()
  const [answer] = await once(asked, 'response')
  answer.resume()
  expect(answer.statusCode).toBe(404)
})

test('a page that cannot be rendered is 500, and the others are still served', async () => {
  const { wiki, pages } = await serve({ 'a.md': 'A' })
  const broken = () => {
    throw new RangeError('Maximum call stack size exceeded')
  }
  wiki.show([...pages, { path: 'deep.md', title: 'Deep', render: broken }])
  expect(await status(`${wiki.url}deep.md`)).toBe(500)
  expect(await status(`${wiki.url}a.md`)).toBe(200)
})

test('a page that is no longer shown is 404', async () => {
  const { wiki, passages } = await serve({ 'a.md': 'A' })
  wiki.show([])
  expect(await status(passages[0]?.url ?? '')).toBe(404)
})

test('startWiki rejects with EADDRINUSE if the port is taken', async () => {
  const { wiki } = await serve({ 'a.md': 'A' })
  await expect(startWiki({ port: Number(new URL(wiki.url).port) })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

test('a wiki that is closed twice refuses connections', async () => {
  const { wiki } = await serve({ 'a.md': 'A' })
  await wiki.close()
  await wiki.close()
  await expect(fetch(wiki.url)).rejects.toThrow()
})
