import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { costUsd } from '../../../backend/telemetry.ts'

const quoted = (source: string) => [...source.matchAll(/'([A-Z][A-Za-z]+)'/g)].map(([, name]) => name)

test('alarms and the dashboard know exactly the metrics that the backend writes', () => {
  const [, namespace] = /namespace: '(\w+)'/.exec(readFileSync('infra/constructs/metrics.ts', 'utf8')) ?? []
  const read =
    /export type VeraMetric =([\s\S]*?)\n\n/.exec(readFileSync('infra/constructs/metrics.ts', 'utf8'))?.[1] ??
    ''
  const written = readFileSync('backend/telemetry.ts', 'utf8')
  expect(quoted(read).length).toBeGreaterThan(20)
  expect([...quoted(read), namespace].sort()).toEqual([...new Set(quoted(written))].sort())
})

test('the cost of an answer is computed from the configured prices', () => {
  const prices = { inputPerMillion: 2, outputPerMillion: 10, cachedInputPerMillion: 0.2 }
  expect(
    costUsd({ inputTokens: 1_000_000, outputTokens: 100_000, cachedTokens: 500_000 }, prices),
  ).toBeCloseTo(2 + 1 + 0.1)
  expect(costUsd({}, prices)).toBe(0)
})
