import { Duration, Stack } from 'aws-cdk-lib'
import {
  type Alarm, AlarmStatusWidget, Dashboard as CloudWatchDashboard, GraphWidget, type IWidget, MathExpression, SingleValueWidget, TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch' // biome-ignore format: a list
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { metric, type VeraMetric } from './metrics.ts'

const HOUR = Duration.hours(1)
const DAY = Duration.days(1)

/**
 * The time range when the dashboard opens. In a week, days can be compared, and one person does not decide a
 * share.
 */
const DEFAULT_RANGE = Duration.days(7)

/** CloudWatch arranges widgets in 24 columns. */
const COLUMNS = 24
const THIRD = COLUMNS / 3
const HALF = COLUMNS / 2

interface DashboardInputs {
  alarms: readonly Alarm[]
  answer: LambdaFunction
  deadLetters: IQueue
  dailyBudgetUsd: number
}

/** Answers four questions, one per row: is it working, how fast, what does it cost, do people like it. */
export class Dashboard extends Construct {
  readonly url: string

  constructor(
    scope: Construct,
    id: string,
    { alarms, answer, deadLetters, dailyBudgetUsd }: DashboardInputs,
  ) {
    super(scope, id)
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      defaultInterval: DEFAULT_RANGE,
      widgets: [
        row(
          'Is it working?',
          new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: THIRD }),
          counts('How questions end', THIRD, [
            'Answered',
            'NotFound',
            'GuardrailIntervened',
            'Limited',
            'Stopped',
            'Failed',
            'Apologies',
          ]),
          new GraphWidget({
            title: 'Functions and queue',
            width: THIRD,
            left: [answer.metricErrors({ period: HOUR }), answer.metricThrottles({ period: HOUR })],
            right: [deadLetters.metricApproximateNumberOfMessagesVisible({ period: HOUR })],
          }),
        ),
        row(
          'How fast?',
          times('Time to the first words', ['FirstTokenMs', 'FirstTextMs']),
          times('Time to the whole answer, and waiting time before it', ['TotalMs', 'WaitedMs']),
          counts('Calls to Slack', THIRD, ['SlackCalls', 'SlackRateLimited']),
        ),
        row(
          'What does it cost?',
          new GraphWidget({
            title: 'Model cost per day, in USD',
            width: HALF,
            left: [metric('CostUsd', 'Sum', DAY)],
            leftAnnotations: [{ value: dailyBudgetUsd, label: 'deployment.dailyBudgetUsd' }],
          }),
          counts('Tokens', HALF, ['InputTokens', 'CachedTokens', 'OutputTokens']),
        ),
        row(
          'Do people like it?',
          share('Thumbs up, as a share of all thumbs', 'ThumbsUp', ['ThumbsUp', 'ThumbsDown']),
          counts('Thumbs', THIRD, ['ThumbsUp', 'ThumbsDown']),
          share('Questions that the pages do not answer, as a share', 'NotFound', ['NotFound', 'Answered']),
        ),
      ],
    })
    const { region } = Stack.of(this)
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`
  }
}

function row(question: string, ...widgets: IWidget[]): IWidget[] {
  return [new TextWidget({ markdown: `## ${question}`, width: COLUMNS, height: 1 }), ...widgets]
}

function counts(title: string, width: number, names: VeraMetric[]): GraphWidget {
  return new GraphWidget({ title, width, left: names.map((name) => metric(name, 'Sum', HOUR)) })
}

function times(title: string, names: VeraMetric[]): GraphWidget {
  const left = names.flatMap((name) => [metric(name, 'p50', HOUR), metric(name, 'p90', HOUR)])
  return new GraphWidget({ title, width: THIRD, left, leftYAxis: { label: 'ms', showUnits: false } })
}

/** One number: the percentage over the whole time range. */
function share(title: string, part: VeraMetric, whole: VeraMetric[]): SingleValueWidget {
  const usingMetrics = Object.fromEntries(whole.map((name) => [name.toLowerCase(), metric(name, 'Sum', DAY)]))
  const total = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ')
  const expression = `100 * FILL(${part.toLowerCase()}, 0) / (${total})`
  const percent = new MathExpression({ expression, usingMetrics, label: '%', period: DAY })
  // Without this, it would be the percentage of the last period, which is today.
  return new SingleValueWidget({ title, width: THIRD, metrics: [percent], setPeriodToTimeRange: true })
}
