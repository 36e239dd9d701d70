import type { KnowledgeBaseRetrievalResult } from '@aws-sdk/client-bedrock-agent-runtime'
import { describe, expect, test } from 'vitest'
import { toPassage } from '../../../backend/bedrock/retrieval-result.ts'

const URL = 'https://wiki.example/it/vpn'

function passageOf(result: Partial<KnowledgeBaseRetrievalResult>) {
  const passages = toPassage({ content: { text: 'The VPN guide.' }, ...result }, 'wiki')
  expect(passages).toHaveLength(1)
  return passages[0]
}

test('a result with all that a store can say', () => {
  const metadata = {
    'x-amz-bedrock-kb-chunk-id': 'chunk-1',
    title: 'VPN',
    updated: '2026-03-01',
  }
  expect(passageOf({ score: 0.7, location: { type: 'WEB', webLocation: { url: URL } }, metadata })).toEqual({
    id: 'chunk-1',
    text: 'The VPN guide.',
    title: 'VPN',
    url: URL,
    updated: '2026-03-01',
    base: 'wiki',
    score: 0.7,
  })
})

test('a result with nothing but a text has the title of its base, a hash as id, and no address or date', () => {
  const passage = passageOf({})
  expect(passage).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    text: 'The VPN guide.',
    title: 'wiki',
    base: 'wiki',
    score: 0,
  })
  expect(passageOf({ content: { text: 'Another text.' } })?.id).not.toBe(passage?.id)
})

test.each([undefined, ''])('a result whose text is %j is no passage', (text) => {
  expect(toPassage({ content: { text } }, 'wiki')).toEqual([])
})

describe('the title is the first of', () => {
  const location = { type: 'S3', s3Location: { uri: 's3://knowledge/it/Leave%20policy.pdf' } } as const
  test.each<[string, Partial<KnowledgeBaseRetrievalResult>, string]>([
    ['`title`', { metadata: { title: 'A', _document_title: 'B' } }, 'A'],
    ['`_document_title`', { metadata: { title: '', _document_title: 'B', url: URL } }, 'B'],
    ['the last segment of the address', { location, metadata: { url: `${URL}/?a=b#c` } }, 'vpn'],
    ['the last segment of the key in S3', { location }, 'Leave policy.pdf'],
    [
      'a segment as it is if it cannot be decoded',
      { location: { type: 'S3', s3Location: { uri: 's3://knowledge/100%.pdf' } } },
      '100%.pdf',
    ],
  ])('%s', (_, result, title) => {
    expect(passageOf(result)?.title).toBe(title)
  })
})

describe('the address is the first that a browser can open', () => {
  test.each<[string, Partial<KnowledgeBaseRetrievalResult>, string | undefined]>([
    ['of Confluence', { location: { type: 'CONFLUENCE', confluenceLocation: { url: URL } } }, URL],
    ['of a web page', { location: { type: 'WEB', webLocation: { url: URL } } }, URL],
    ['of SharePoint', { location: { type: 'SHAREPOINT', sharePointLocation: { url: URL } } }, URL],
    ['of Salesforce', { location: { type: 'SALESFORCE', salesforceLocation: { url: URL } } }, URL],
    ['of OneDrive', { location: { type: 'ONEDRIVE', oneDriveLocation: { url: URL } } }, URL],
    ['of Google Drive', { location: { type: 'GOOGLEDRIVE', googleDriveLocation: { url: URL } } }, URL],
    ['in the metadata `url`', { metadata: { url: URL, _source_uri: `${URL}/b` } }, URL],
    ['in the metadata `_source_uri`', { metadata: { url: 's3://knowledge/a', _source_uri: URL } }, URL],
    ['in the metadata of Bedrock', { metadata: { 'x-amz-bedrock-kb-source-uri': URL } }, URL],
    ['none, for a key in S3', { metadata: { 'x-amz-bedrock-kb-source-uri': 's3://knowledge/a' } }, undefined],
  ])('%s', (_, result, url) => {
    expect(passageOf(result)?.url).toBe(url)
  })
})

test.each(['updated', 'last_modified', '_last_updated_at'])('the date is the metadata `%s`', (name) => {
  expect(passageOf({ metadata: { [name]: '2026-03-01' } })?.updated).toBe('2026-03-01')
})
