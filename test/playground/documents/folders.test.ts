import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDocuments } from '../../../playground/documents/documents.ts'
import { NoDocuments } from '../../../playground/documents/files.ts'
import { BASE, folder, read } from './folder.ts'

const readFolders = (...folders: { dir: string; files?: string[] }[]) =>
  readDocuments({ folders, baseUrl: BASE })

test('a folder gives its documents at any depth, sorted by name, and no other files', async () => {
  const { pages, skipped } = await read({
    'b/c.MD': 'C',
    'a.markdown': 'A',
    'z.txt': 'Z',
    'y.htm': '<p>Y',
    'x.pdf': 'no',
    'empty.md': ' \r\n',
    'comment.md': '<!-- nothing yet -->',
    '.hidden.md': 'no',
    '.git/x.md': 'no',
    'node_modules/x.md': 'no',
    'b/dist/x.md': 'no',
  })
  expect(pages.map(({ path }) => path)).toEqual(['a.markdown', 'b/c.MD', 'y.htm', 'z.txt'])
  expect(skipped).toEqual([])
})

test('the URL of a passage is encoded, including characters that would end a link', async () => {
  const { passages } = await read({ 'über uns/a (1)#?.md': '# Hi\n\nText.' }, 'http://127.0.0.1:4100')
  expect(passages[0]?.url).toBe('http://127.0.0.1:4100/%C3%BCber%20uns/a%20%281%29%23%3F.md#hi')
})

test('unreadable files are reported with a reason, and the others are read', async () => {
  const dir = await folder({
    'good.md': 'Good',
    'latin.md': Uint8Array.of(0x63, 0x61, 0x66, 0xe9),
    'utf16.txt': Buffer.from('text', 'utf16le'),
    'large.md': 'x'.repeat(1_048_577),
    'deep.html': `${'<div>'.repeat(20_000)}x${'</div>'.repeat(20_000)}`,
  })
  await symlink(dir, join(dir, 'loop'))
  await symlink(join(dir, 'nowhere'), join(dir, 'broken.md'))
  const { pages, skipped } = await readFolders({ dir })
  expect(pages.map(({ path }) => path)).toEqual(['good.md'])
  expect(skipped).toEqual([
    { path: 'large.md', reason: 'too large' },
    { path: 'latin.md', reason: 'not UTF-8 text' },
    { path: 'utf16.txt', reason: 'not UTF-8 text' },
    { path: 'deep.html', reason: 'cannot be read' },
  ])
})

test('patterns select the files to read', async () => {
  const dir = await folder({
    'README.md': 'R',
    'other.md': 'O',
    'docs/a.md': 'A',
    'docs/b/c.md': 'C',
    'src/d.md': 'D',
    'READMEXmd.md': 'X',
  })
  const paths = async (...files: string[]) =>
    (await readFolders({ dir, files })).pages.map(({ path }) => path)
  expect(await paths('README.md', 'docs/**')).toEqual(['README.md', 'docs/a.md', 'docs/b/c.md'])
  expect(await paths('docs/*.md')).toEqual(['docs/a.md'])
  expect(await paths('**/a.md', '**/other.md')).toEqual(['docs/a.md', 'other.md'])
})

test('two folders with the same path both keep their passages', async () => {
  const [one, two] = [await folder({ 'a/x.md': 'One' }), await folder({ 'a/x.md': 'Two' })]
  const { passages } = await readFolders({ dir: join(one, 'a') }, { dir: join(two, 'a') })
  expect(passages.map(({ url, id }) => [url, id])).toEqual([
    [`${BASE}x.md`, 'x.md#1'],
    [`${BASE}a/x.md`, 'a/x.md#1'],
  ])
})

test('a folder without readable documents is an error that says what to choose', async () => {
  const dir = await folder({
    'photo.jpg': 'x',
    'empty.md': '',
    'latin.txt': Uint8Array.of(0xe9),
    'empty/.keep': '',
  })
  await writeFile(join(dir, 'file.md'), '')
  const told = (at: string) =>
    readFolders({ dir: at }).catch((error: Error) => [error instanceof NoDocuments, error.message])
  const kinds = 'Markdown (.md, .markdown), HTML (.html, .htm) or text (.txt)'
  expect(await told(join(dir, 'missing'))).toEqual([
    true,
    `The folder ${dir}/missing does not exist. Choose one with ${kinds} files.`,
  ])
  expect(await told(join(dir, 'file.md'))).toEqual([
    true,
    `${dir}/file.md is not a folder. Choose one with ${kinds} files.`,
  ])
  expect(await told(join(dir, 'file.md/x'))).toEqual([
    true,
    `${dir}/file.md/x is not a folder. Choose one with ${kinds} files.`,
  ])
  expect(await told(dir)).toEqual([
    true,
    `The folder ${dir} has no ${kinds} file that can be read and is not empty. Choose another.`,
  ])
})
