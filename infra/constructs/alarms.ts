import { Duration } from 'aws-cdk-lib'
import {
  type Alarm,
  ComparisonOperator,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { metric } from './metrics.ts'

const SHORT = Duration.minutes(5)
const LONG = Duration.minutes(15)

/** One failed question is bad luck; three in a quarter of an hour are a fault. */
const UNANSWERED = 3

/** After this time people begin to ask again. */
const FIRST_TOKEN_MS = 10_000

/** Periods in a row. A burst is queued and answered; after a quarter of an hour it is no longer a burst. */
const THROTTLED_PERIODS = 3

/** Periods in a row. One slow quarter of an hour can be a single long question. */
const SLOW_PERIODS = 2

interface AlarmInputs {
  answer: LambdaFunction
  apologize: LambdaFunction
  deadLetters: IQueue
  dailyBudgetUsd: number
}

interface Rule {
  id: string
  metric: Metric | MathExpression
  /** The alarm rings when the metric reaches this value. */
  threshold: number
  periods?: number
  /** The text of the mail: what happened, and what to do or where to look. */
  description: string
}

/** The alarms. Missing data is no alarm: nobody asks at night. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[]

  constructor(scope: Construct, id: string, { topic, ...inputs }: AlarmInputs & { topic: ITopic }) {
    super(scope, id)
    this.all = rules(inputs).map(({ id, metric, threshold, periods = 1, description }) => {
      const alarm = metric.createAlarm(this, id, {
        alarmDescription: description,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
      alarm.addAlarmAction(new SnsAction(topic))
      return alarm
    })
  }
}

function rules({ answer, apologize, deadLetters, dailyBudgetUsd }: AlarmInputs): Rule[] {
  return [
    {
      id: 'Unanswered',
      metric: sumOf({ failed: metric('Failed', 'Sum', LONG), apologies: metric('Apologies', 'Sum', LONG) }),
      threshold: UNANSWERED,
      description: `At least ${UNANSWERED} questions failed within 15 minutes. The log lines "turn" and "apology" say which, and why.`,
    },
    {
      id: 'DeadLetters',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: SHORT }),
      threshold: 1,
      description:
        'A question failed and its author could not be told. The dead-letter queue holds the record, with the question.',
    },
    {
      id: 'LostFailures',
      metric: answer.metric('DestinationDeliveryFailures', { statistic: 'Sum', period: SHORT }),
      threshold: 1,
      description:
        'Lambda could not put a failed question into the failure queue, so its author is not told. Check the role of vera-answer and the key of the queue.',
    },
    {
      id: 'Errors',
      metric: sumOf({
        answer: answer.metricErrors({ period: SHORT }),
        apologize: apologize.metricErrors({ period: SHORT }),
      }),
      threshold: 1,
      description: 'A function crashed, or ran out of memory or time. Its log says which.',
    },
    {
      id: 'Throttles',
      metric: answer.metricThrottles({ period: SHORT }),
      threshold: 1,
      periods: THROTTLED_PERIODS,
      description:
        'Questions are waiting because too many are answered at the same time. Raise deployment.reservedConcurrency, or the quota of the account.',
    },
    {
      id: 'SlowFirstToken',
      metric: metric('FirstTokenMs', 'p90', LONG),
      threshold: FIRST_TOKEN_MS,
      periods: SLOW_PERIODS,
      description:
        'One answer in ten takes more than 10 seconds to begin. The dashboard shows whether it waits for Lambda or for the model.',
    },
    {
      id: 'DailyCost',
      metric: metric('CostUsd', 'Sum', Duration.days(1)),
      threshold: dailyBudgetUsd,
      description:
        'Today the model has cost as much as deployment.dailyBudgetUsd. Nothing is stopped: lower the limits in assistant.config.ts if that is too much.',
    },
  ]
}

/** A metric without data in a period counts as zero. */
function sumOf(metrics: Record<string, Metric>): MathExpression {
  const [first] = Object.values(metrics)
  const expression = Object.keys(metrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ')
  return new MathExpression({ expression, usingMetrics: metrics, ...(first && { period: first.period }) })
}
