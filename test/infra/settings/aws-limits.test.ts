import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Assistant } from '../../../backend/assistant.ts'
import { placementOf } from '../../../infra/settings/placement.ts'
import type { Sections } from '../../../infra/settings/sections.ts'
import { fakeSections } from '../fake-sections.ts'
import { home, ofType } from '../synthesized.ts'

// Settings that would otherwise fail in the middle of a deployment.

const { knowledge, model, deployment, guardrail } = fakeSections
const policy = guardrail as Extract<Sections['guardrail'], { source: 'policy' }>
const confluence = (site: string) => ({
  knowledge: { ...knowledge, bases: [{ name: 'wiki', source: 'confluence' as const, site }] },
})
const documents = (prefix: string) => ({
  knowledge: {
    ...knowledge,
    bases: [{ name: 'docs', source: 's3' as const, bucket: 'fake-documents', prefix }],
  },
})
const named = (name: string) => ({
  knowledge: { ...knowledge, bases: [{ name, source: 'existing' as const, id: 'KB00000001' }] },
})
const syncedBy = (schedule: string, timezone = 'UTC') => ({
  knowledge: { ...knowledge, sync: { schedule, timezone } },
})
const tagged = (name: string, value = 'fake') => ({ deployment: { ...deployment, tags: { [name]: value } } })
const embeddedBy = (id: string, dimensions: number) => ({
  knowledge: { ...knowledge, embedding: { model: id, dimensions } },
})

/** The first complaint about a configuration, by the schema or by AWS's rules. */
function refusalOf(change: Partial<Sections>): string | undefined {
  const read = v.safeParse(Assistant, { ...fakeSections, ...change })
  if (!read.success) return `${v.getDotPath(read.issues[0])}: ${read.issues[0].message}`
  try {
    placementOf(read.output)
    return undefined
  } catch (error) {
    return String(error)
  }
}

describe('a configuration is refused if it has', () => {
  test.each<[string, Partial<Sections>, RegExp]>([
    [
      'a model id with an unknown prefix',
      { model: { ...model, id: 'euro.fake.model' } },
      /begins with "euro\."/,
    ],
    [
      'a model id with an unknown geography',
      { model: { ...model, id: 'us-gov.fake.model' } },
      /begins with "us-gov\."/,
    ],
    [
      'a model id whose prefix is a property of every object',
      { model: { ...model, id: 'constructor.foo' } },
      /begins with "constructor\."/,
    ],
    [
      'a rerank model that is a property of every object',
      { knowledge: { ...knowledge, rerankModel: 'constructor' } },
      /rerankModel constructor is unknown/,
    ],
    [
      'a region that does not exist',
      { model: { ...model, id: 'global.fake.model', region: 'us-east-9' } },
      /the CDK knows no region us-east-9/,
    ],
    [
      'a cron schedule with five fields',
      syncedBy('cron(0 4 * * *)'),
      /sync\.schedule: expected cron\(…\) with six fields/,
    ],
    [
      'a cron schedule with both days',
      syncedBy('cron(0 4 * * * *)'),
      /sync\.schedule: expected cron\(…\) with six fields/,
    ],
    [
      'a rate with an unknown unit',
      syncedBy('rate(bananas)'),
      /sync\.schedule: expected cron\(…\) with six fields/,
    ],
    ['a rate of 1 days', syncedBy('rate(1 days)'), /sync\.schedule: expected cron\(…\) with six fields/],
    ['a rate of 2 day', syncedBy('rate(2 day)'), /sync\.schedule: expected cron\(…\) with six fields/],
    ['a rate of 0 days', syncedBy('rate(0 days)'), /sync\.schedule: expected cron\(…\) with six fields/],
    [
      'an unknown time zone',
      syncedBy('rate(1 day)', 'Mars/Phobos'),
      /sync\.timezone: Mars\/Phobos is not a time zone/,
    ],
    ['an offset as time zone', syncedBy('rate(1 day)', '+01:00'), /sync\.timezone/],
    [
      'a time zone in lower case',
      syncedBy('rate(1 day)', 'europe/london'),
      /europe\/london is not a time zone/,
    ],
    [
      'a time zone with synonyms in lower case',
      syncedBy('rate(1 day)', 'asia/kolkata'),
      /asia\/kolkata is not a time zone/,
    ],
    ['a base whose name ends with a dash', named('wiki-'), /bases\.0\.name: expected letters and digits/],
    ['a base whose name ends with an underscore', named('wiki_'), /bases\.0\.name/],
    [
      'a vector length that the embedding model does not support',
      embeddedBy('amazon.titan-embed-text-v2:0', 1000),
      /supports 256, 512, 1024, not 1000/,
    ],
    [
      'an embedding model that is not an id',
      embeddedBy('Titan v2', 1024),
      /embedding\.model: expected the id of a model/,
    ],
    ['a tag that begins with aws:', tagged('aws:team'), /expected the name of a tag/],
    ['a tag called application', tagged('Application'), /expected the name of a tag/],
    [
      'a tag with a value of 257 characters',
      tagged('team', 'x'.repeat(257)),
      /tags\.team: expected at most 256/,
    ],
    ['a site with a quotation mark', confluence('https://a"b'), /site: expected an address/],
    ['a site with a path', confluence('https://acme.atlassian.example/wiki'), /site: expected an address/],
    [
      'two bases with one name',
      { knowledge: { ...knowledge, bases: [...knowledge.bases, ...knowledge.bases] } },
      /two bases have the name wiki/,
    ],
    [
      'personal data that is masked and blocked',
      { guardrail: { ...policy, mask: ['PIN'], block: ['PIN'] } },
      /list PIN twice/,
    ],
    [
      'personal data that is masked twice',
      { guardrail: { ...policy, mask: ['PIN', 'PIN'], block: [] } },
      /list PIN twice/,
    ],
    ['a prefix with a wildcard', documents('*/'), /prefix: expected a folder/],
    ['a prefix with letters that no permission can contain', documents('文書/'), /prefix: expected a folder/],
  ])('%s', (_, change, sentence) => {
    expect(refusalOf(change)).toMatch(sentence)
  })
})

test.each<[string, Partial<Sections>]>([
  ['a model whose name contains a dot', { model: { ...model, id: 'zai.glm-4.7' } }],
  ['a schedule on weekdays', syncedBy('cron(30 6 ? * MON-FRI *)', 'Europe/London')],
  ['a schedule on the first of the month', syncedBy('cron(0/30 4 1 * ? *)', 'Etc/UTC')],
  ['a time zone with synonyms', syncedBy('rate(1 day)', 'Asia/Kolkata')],
  ['a time zone with lower-case words', syncedBy('rate(1 day)', 'America/Port-au-Prince')],
  ['the time zone UTC', syncedBy('rate(1 day)', 'UTC')],
  ['a base whose name is one letter', named('a')],
  ['a rate of 12 hours', syncedBy('rate(12 hours)')],
  ['a rate of 1 day', syncedBy('rate(1 day)')],
  ['another vector length of the embedding model', embeddedBy('amazon.titan-embed-text-v2:0', 256)],
  ['an embedding model whose lengths are unknown', embeddedBy('fake.embed', 1000)],
  ['a tag with a space', tagged('cost center', 'IT+HR')],
  ['a prefix with spaces, brackets and umlauts', documents('Bücher (2026)/[a] b & c/')],
  ['an empty prefix', documents('')],
  [
    'an unknown rerank model, but no bases',
    { knowledge: { ...knowledge, bases: [], rerankModel: 'constructor' } },
  ],
])('a configuration with %s is accepted', (_, change) => {
  expect(refusalOf(change)).toBeUndefined()
})

test('bases whose names are also ids of our constructs are created all the same', () => {
  const names = ['Vectors', 'Default', 'Base', 'a-b', 'a_b']
  const bases = names.map((name) => ({
    name,
    source: 'confluence' as const,
    site: 'https://fake.atlassian.example',
  }))
  expect(ofType(home({ knowledge: { ...knowledge, bases } }), 'AWS::Bedrock::KnowledgeBase')).toHaveLength(
    names.length,
  )
})
