import type { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'

/**
 * Metrics that the backend writes into its log for CloudWatch (embedded metric format). Counts have no unit;
 * times are in ms.
 */
export type VeraMetric =
  | 'Answered' | 'NotFound' | 'GuardrailIntervened' | 'Stopped' | 'Limited' | 'Failed' | 'Duplicates' | 'Apologies'
  | 'ThumbsUp' | 'ThumbsDown' | 'Passages' | 'InputTokens' | 'OutputTokens' | 'CachedTokens' | 'SlackCalls' | 'SlackRateLimited'
  | 'FirstTokenMs' | 'FirstTextMs' | 'TotalMs' | 'WaitedMs' | 'CostUsd' // biome-ignore format: a list

/** One metric over each `period`: "Sum" for counts, "p90" for times. */
export function metric(metricName: VeraMetric, statistic: 'Sum' | 'p50' | 'p90', period: Duration): Metric {
  return new Metric({ namespace: 'Vera', metricName, dimensionsMap: { service: 'vera' }, statistic, period })
}
