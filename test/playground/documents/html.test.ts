import { expect, test } from 'vitest'
import { passagesOf } from './folder.ts'

test('an HTML page becomes passages with the text that a browser shows', async () => {
  const page = `<!DOCTYPE html><html><head><title>Not this</title><meta NAME="last-modified" content="Tue, 03 Mar 2026 10:00:00 GMT">
    <style>p { color: red }</style></head><body><nav>Home</nav><h1>Badges &amp; doors</h1>
    <p>Ask   <b>Ada</b>&nbsp;&mdash; or <a href="https://x.example/y">here</a>,<br>at <code>x &lt; 1</code>.<script>evil()</script>
    <h2>Zones</h2><table><tr><th>Zone<th>Who<tr><td>Red</td><td>few</td></tr></table>
    <ul><li>one<li>two<ol><li>inner</li></ol></ul><pre><code>let a = 1 &lt; 2
# b</code></pre></body></html>`
  expect(await passagesOf('p.html', page)).toEqual([
    {
      id: 'p.html#1',
      title: 'Badges & doors',
      url: 'http://127.0.0.1:4100/p.html#badges--doors',
      updated: '2026-03-03',
      path: 'p.html',
      text: '# Badges & doors\n\nAsk Ada — or [here](https://x.example/y),\nat `x < 1`.',
    },
    {
      id: 'p.html#2',
      title: 'Badges & doors › Zones',
      url: 'http://127.0.0.1:4100/p.html#zones',
      updated: '2026-03-03',
      path: 'p.html',
      text: '## Zones\n\n| Zone | Who |\n| --- | --- |\n| Red | few |\n\n- one\n- two\n   1. inner\n\n```\nlet a = 1 < 2\n# b\n```',
    },
  ])
})

test.each([
  ['<title>From &lt;title&gt;</title><p>Hi', 'From <title>'],
  ['<p>Hi', 'p'],
])('the page %s has the title "%s"', async (html, title) => {
  expect(await passagesOf('p.htm', html)).toMatchObject([{ title, text: 'Hi' }])
})

test('the date of <time> counts if no <meta> has a date', async () => {
  expect(await passagesOf('p.html', '<p>Seen <time datetime="2024-05-06">6 May</time>')).toMatchObject([
    { updated: '2024-05-06' },
  ])
})

test('a text file is one section, cut at empty lines', async () => {
  const paragraph = 'Words and # signs. '.repeat(50)
  const passages = await passagesOf('notes.txt', `# No heading\n\n${paragraph}\n\n${paragraph}\n`)
  expect(passages.map(({ title, url }) => [title, url])).toEqual([
    ['notes', 'http://127.0.0.1:4100/notes.txt'],
    ['notes', 'http://127.0.0.1:4100/notes.txt'],
  ])
  expect(passages[0]?.text).toMatch(/^# No heading\n\nWords/)
})
