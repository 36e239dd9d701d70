import { Duration } from 'aws-cdk-lib'
import { type IGrantable, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Alias, IDestination, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { ANSWER_ALIAS, ANSWER_FUNCTION } from '../settings/function-names.ts'
import { type Backend, BackendFunction } from './backend-function.ts'

/** One question, from the claim to the closed message. The budgets of the backend nest inside it. */
const TIMEOUT = Duration.seconds(300)

/** How long a question may wait for a free environment. An answer an hour late is of no more use; the apology says so. */
const EVENT_AGE = Duration.seconds(3600)

/** The function that answers, behind the alias that the edge invokes. */
export class Answerer extends Construct implements IGrantable {
  readonly fn: LambdaFunction
  readonly grantPrincipal: IPrincipal
  /** As wrangler.toml names it: function and alias. */
  readonly address = `${ANSWER_FUNCTION}:${ANSWER_ALIAS}`
  /** The number of the version that is published with this template. */
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
    // A version keeps the variables that it was published with, and the CDK publishes one where the template changes. The
    // number of a guardrail or the id of a base that is made anew is not in the template: without this, the alias would
    // go on with the old ones.
    this.fn.invalidateVersionBasedOn(versionInputs.join())
    this.version = this.fn.currentVersion.version
    // Of the alias: what is set on the function itself holds for $LATEST, which nobody invokes.
    this.#alias = this.fn.addAlias(ANSWER_ALIAS, {
      // A second try would find the turn claimed, or answer twice; the person has "Try again".
      retryAttempts: 0,
      maxEventAge: EVENT_AGE,
      onFailure: failures,
    })
  }

  /** Lets `grantee` invoke the alias: not the function, not another version of it. */
  grantInvoke(grantee: IGrantable): void {
    const invoke = new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [this.#alias.functionArn],
    })
    grantee.grantPrincipal.addToPrincipalPolicy(invoke)
  }
}
