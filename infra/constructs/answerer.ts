import { Duration } from 'aws-cdk-lib'
import { type IGrantable, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Alias, IDestination, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { ANSWER_ALIAS, ANSWER_FUNCTION } from '../settings/function-names.ts'
import { type Backend, BackendFunction } from './backend-function.ts'

/** Time for one question, from the claim to the closed message. The budgets of the backend fit inside it. */
const TIMEOUT = Duration.seconds(300)

/**
 * How long a question may wait for a free environment. An answer that is an hour late is useless; the person
 * gets an apology instead.
 */
const EVENT_AGE = Duration.seconds(3600)

/** The answering function, behind the alias that the edge invokes. */
export class Answerer extends Construct implements IGrantable {
  readonly fn: LambdaFunction
  readonly grantPrincipal: IPrincipal
  /** Function and alias, as in wrangler.toml. */
  readonly address = `${ANSWER_FUNCTION}:${ANSWER_ALIAS}`
  /** The version that this template publishes. */
  readonly version: string
  readonly #alias: Alias

  constructor(
    scope: Construct,
    id: string,
    {
      failures,
      reservedConcurrency,
      versionInputs,
      ...backend
    }: Backend & {
      failures: IDestination
      reservedConcurrency: number | undefined
      versionInputs: readonly string[]
    },
  ) {
    super(scope, id)
    this.fn = new BackendFunction(this, 'Answer', {
      ...backend,
      functionName: ANSWER_FUNCTION,
      handler: 'index.handler',
      timeout: TIMEOUT,
      reservedConcurrency,
    }).fn
    this.grantPrincipal = this.fn.grantPrincipal
    // A version keeps the variables that it was published with, and the CDK publishes a new one if the
    // template changes. The version of a guardrail or the id of a replaced base is not in the template:
    // without this, the alias would keep the old ones.
    this.fn.invalidateVersionBasedOn(versionInputs.join())
    this.version = this.fn.currentVersion.version
    // Set this on the alias: the settings of the function itself are for $LATEST, which nobody invokes.
    this.#alias = this.fn.addAlias(ANSWER_ALIAS, {
      // A second attempt would find the turn claimed, or answer twice. The person can press "Try again".
      retryAttempts: 0,
      maxEventAge: EVENT_AGE,
      onFailure: failures,
    })
  }

  /** Lets `grantee` invoke the alias, but not the function or another version of it. */
  grantInvoke(grantee: IGrantable): void {
    const invoke = new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [this.#alias.functionArn],
    })
    grantee.grantPrincipal.addToPrincipalPolicy(invoke)
  }
}
