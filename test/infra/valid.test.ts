import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Sections } from '../../infra/settings/sections.ts'
import { fakeSections } from './fake-sections.ts'
import { appWith, synthesize } from './synthesized.ts'

// `npm run synth` checks the configuration of the repository; these tests check others.

const { knowledge, model, guardrail, deployment } = fakeSections
const documents = { name: 'handbook', source: 's3', bucket: 'fake-documents', prefix: 'handbook/' } as const
const existing = { name: 'old', source: 'existing', id: 'KB00000001' } as const
const policy = guardrail as Extract<Sections['guardrail'], { source: 'policy' }>

const CONFIGURATIONS: [what: string, change: Partial<Sections>][] = [
  [
    'every kind of source',
    {
      knowledge: {
        ...knowledge,
        bases: [...knowledge.bases, documents, { ...documents, name: 'all', prefix: '' }, existing],
      },
    },
  ],
  [
    'no knowledge base and no rerank model',
    { knowledge: { ...knowledge, bases: [], rerankModel: undefined } },
  ],
  [
    'topics, words and the CLASSIC tier',
    {
      guardrail: {
        ...policy,
        tier: 'CLASSIC',
        mask: [],
        block: [],
        topics: [
          {
            name: 'Salaries',
            definition: 'What somebody earns.',
            examples: ['What does a fake colleague earn?'],
          },
        ],
        words: ['fakeword'],
      },
    },
  ],
  [
    'folders with spaces and brackets',
    { knowledge: { ...knowledge, bases: [{ ...documents, prefix: 'Shared documents (2026/[a] b & c/' }] } },
  ],
  ['an existing guardrail', { guardrail: { source: 'existing', id: 'gr00fake', version: '3' } }],
  [
    'the global profile, a mail address, tags',
    {
      model: { ...model, id: 'global.fake.model' },
      deployment: { ...deployment, alarmEmail: 'it@fake.example', tags: { team: 'fake' } },
    },
  ],
  [
    'three regions',
    {
      model: { ...model, id: 'eu.fake.model', region: 'eu-west-1' },
      knowledge: { ...knowledge, region: 'eu-central-1' },
    },
  ],
]

beforeEach(() => {
  process.env.CDK_VALIDATION = 'true'
})

test.each(CONFIGURATIONS)(
  'templates for a configuration with %s are valid, and every finding of cdk-nag has a reason',
  (_, change) => {
    const outdir = mkdtempSync(join(tmpdir(), 'vera-test-'))
    onTestFinished(() => rmSync(outdir, { recursive: true }))
    const app = appWith(outdir, change)
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
    const { pluginReports } = JSON.parse(
      readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'),
    )
    expect(pluginReports).toEqual([])
  },
)

test('the synthesis of a test leaves no files in the temporary folder', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'vera-test-'))
  onTestFinished(() => rmSync(temporary, { recursive: true }))
  vi.stubEnv('TMPDIR', temporary)
  onTestFinished(() => void vi.unstubAllEnvs())
  synthesize()
  expect(readdirSync(temporary)).toEqual([])
})
