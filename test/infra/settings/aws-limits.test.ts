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

describe('is refused', () => {
  test.each<[string, Partial<Sections>, RegExp]>([
    [
      'a prefix that Bedrock does not have',
      { model: { ...model, id: 'euro.fake.model' } },
      /begins with "euro\."/,
    ],
    [
      'a part of the world that is not known',
      { model: { ...model, id: 'us-gov.fake.model' } },
      /begins with "us-gov\."/,
    ],
    [
      "a name that every object has, as a model's prefix",
      { model: { ...model, id: 'constructor.foo' } },
      /begins with "constructor\."/,
    ],
    [
      'one as a rerank model',
      { knowledge: { ...knowledge, rerankModel: 'constructor' } },
      /rerankModel constructor is unknown/,
    ],
    [
      'a region that does not exist, whatever the model',
      { model: { ...model, id: 'global.fake.model', region: 'us-east-9' } },
      /the CDK knows no region us-east-9/,
    ],
    [
      'cron as Unix has it',
      syncedBy('cron(0 4 * * *)'),
      /sync\.schedule: expected cron\(…\) with six fields/,
    ],
    [
      'cron with both days',
      syncedBy('cron(0 4 * * * *)'),
      /sync\.schedule: expected cron\(…\) with six fields/,
    ],
    [
      'a rate of something else',
      syncedBy('rate(bananas)'),
      /sync\.schedule: expected cron\(…\) with six fields/,
    ],
    ['a rate of one days', syncedBy('rate(1 days)'), /sync\.schedule: expected cron\(…\) with six fields/],
    ['a rate of two day', syncedBy('rate(2 day)'), /sync\.schedule: expected cron\(…\) with six fields/],
    ['a rate of nothing', syncedBy('rate(0 days)'), /sync\.schedule: expected cron\(…\) with six fields/],
    [
      'a timezone elsewhere',
      syncedBy('rate(1 day)', 'Mars/Phobos'),
      /sync\.timezone: Mars\/Phobos is not a time zone/,
    ],
    ['a timezone without a name', syncedBy('rate(1 day)', '+01:00'), /sync\.timezone/],
    [
      'a timezone in small letters',
      syncedBy('rate(1 day)', 'europe/london'),
      /europe\/london is not a time zone/,
    ],
    ['one that has other names', syncedBy('rate(1 day)', 'asia/kolkata'), /asia\/kolkata is not a time zone/],
    ['a name that ends in a dash', named('wiki-'), /bases\.0\.name: expected letters and digits/],
    ['a name that ends in an underscore', named('wiki_'), /bases\.0\.name/],
    [
      'a length that the embedding model does not make',
      embeddedBy('amazon.titan-embed-text-v2:0', 1000),
      /supports 256, 512, 1024, not 1000/,
    ],
    [
      'an embedding model that is no id',
      embeddedBy('Titan v2', 1024),
      /embedding\.model: expected the id of a model/,
    ],
    ['a tag of AWS', tagged('aws:team'), /expected the name of a tag/],
    ['our own tag', tagged('Application'), /expected the name of a tag/],
    ['a tag that is too long', tagged('team', 'x'.repeat(257)), /tags\.team: expected at most 256/],
    ['a site with something else in it', confluence('https://a"b'), /site: expected an address/],
    [
      'a page in place of a site',
      confluence('https://acme.atlassian.example/wiki'),
      /site: expected an address/,
    ],
    [
      'two bases of one name',
      { knowledge: { ...knowledge, bases: [...knowledge.bases, ...knowledge.bases] } },
      /two bases have the name wiki/,
    ],
    [
      'what is masked and blocked',
      { guardrail: { ...policy, mask: ['PIN'], block: ['PIN'] } },
      /list PIN twice/,
    ],
    ['what is masked twice', { guardrail: { ...policy, mask: ['PIN', 'PIN'], block: [] } }, /list PIN twice/],
    ['a folder that is a pattern', documents('*/'), /prefix: expected a folder/],
    ['a folder that no permission can name', documents('文書/'), /prefix: expected a folder/],
  ])('%s', (_, change, sentence) => {
    expect(refusalOf(change)).toMatch(sentence)
  })
})

test.each<[string, Partial<Sections>]>([
  ['a model with a dot in its name', { model: { ...model, id: 'zai.glm-4.7' } }],
  ['a schedule on weekdays', syncedBy('cron(30 6 ? * MON-FRI *)', 'Europe/London')],
  ['a schedule on the first of the month', syncedBy('cron(0/30 4 1 * ? *)', 'Etc/UTC')],
  ['a timezone with several names', syncedBy('rate(1 day)', 'Asia/Kolkata')],
  ['a timezone with small letters in it', syncedBy('rate(1 day)', 'America/Port-au-Prince')],
  ['UTC', syncedBy('rate(1 day)', 'UTC')],
  ['a name of one letter', named('a')],
  ['a rate', syncedBy('rate(12 hours)')],
  ['a rate of one', syncedBy('rate(1 day)')],
  ['another length', embeddedBy('amazon.titan-embed-text-v2:0', 256)],
  ['a model whose lengths are not known', embeddedBy('fake.embed', 1000)],
  ['a tag', tagged('cost center', 'IT+HR')],
  ['a folder', documents('Bücher (2026)/[a] b & c/')],
  ['no folder', documents('')],
  [
    'a rerank model that nothing is asked of',
    { knowledge: { ...knowledge, bases: [], rerankModel: 'constructor' } },
  ],
])('%s is not', (_, change) => {
  expect(refusalOf(change)).toBeUndefined()
})

test('a base may have any name', () => {
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
