import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Model } from './assistant.ts'
import type { Report } from './turn/report.ts'

/** infra/constructs/alarms.ts and dashboard.ts read the metrics under these names. */
const NAMESPACE = 'Vera'
const SERVICE = 'vera'

/** Outcomes that have a metric; only the log has the others. */
const COUNTED: Partial<Record<Report['outcome'], string>> = {
  answered: 'Answered',
  not_found: 'NotFound',
  guardrail: 'GuardrailIntervened',
  stopped: 'Stopped',
  limited: 'Limited',
  failed: 'Failed',
  duplicate: 'Duplicates',
}

/**
 * The log line and the metrics of each invocation: ids, counts, times and outcomes, never words of a
 * conversation.
 */
export interface Telemetry {
  line(level: 'info' | 'error', message: 'turn' | 'stop' | 'feedback' | 'apology', fields: object): void
  turn(
    report: Report,
    times: { waitedMs: number; totalMs: number },
    slack: { calls: number; rateLimited: number },
  ): void
  feedback(value: 'positive' | 'negative'): void
  apology(): void
  /**
   * Writes the metrics of this invocation.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
   */
  flush(): void
}

export function createTelemetry(prices: Model['prices']): Telemetry {
  const logger = new Logger({ serviceName: SERVICE })
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: SERVICE })
  const count = (name: string, value = 1) => metrics.addMetric(name, MetricUnit.Count, value)
  const time = (name: string, ms: number | undefined) =>
    ms !== undefined && metrics.addMetric(name, MetricUnit.Milliseconds, ms)

  return {
    line: (level, message, fields) => logger[level](message, { ...fields }),
    turn(report, { waitedMs, totalMs }, slack) {
      const outcome = COUNTED[report.outcome]
      if (outcome !== undefined) count(outcome)
      if (report.outcome === 'duplicate') return
      time('WaitedMs', waitedMs)
      time('TotalMs', totalMs)
      time('FirstTokenMs', report.firstTokenMs)
      time('FirstTextMs', report.firstTextMs)
      count('SlackCalls', slack.calls)
      count('SlackRateLimited', slack.rateLimited)
      if (report.passages !== undefined) count('Passages', report.passages)
      if (report.inputTokens === undefined) return
      count('InputTokens', report.inputTokens)
      count('OutputTokens', report.outputTokens)
      count('CachedTokens', report.cachedTokens)
      metrics.addMetric('CostUsd', MetricUnit.NoUnit, costUsd(report, prices))
    },
    feedback: (value) => count(value === 'positive' ? 'ThumbsUp' : 'ThumbsDown'),
    apology: () => count('Apologies'),
    flush() {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
    },
  }
}

/** Cost of the model call by the configured prices, without search and storage. */
export function costUsd(
  {
    inputTokens = 0,
    outputTokens = 0,
    cachedTokens = 0,
  }: Pick<Report, 'inputTokens' | 'outputTokens' | 'cachedTokens'>,
  { inputPerMillion, outputPerMillion, cachedInputPerMillion }: Model['prices'],
): number {
  return (
    (inputTokens * inputPerMillion + outputTokens * outputPerMillion + cachedTokens * cachedInputPerMillion) /
    1_000_000
  )
}
