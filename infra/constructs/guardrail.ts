import { Stack } from 'aws-cdk-lib'
import { CfnGuardrail, CfnGuardrailVersion } from 'aws-cdk-lib/aws-bedrock'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { fingerprint } from '../settings/fingerprint.ts'
import { guardrailProfile } from '../settings/regions.ts'
import type { Sections } from '../settings/sections.ts'
import { rulesOf } from './guardrail-policy.ts'
import { RETAIN_POLICY } from './retain-policy.ts'

/** The guardrail that reads questions and answers: an existing one, or one made from the configuration. */
export class Guardrail extends Construct {
  readonly guardrailId: string
  /** A number. Never DRAFT, which changes under those who use it. */
  readonly version: string
  /** Changes with every rule, while the ids of this stack's resources stay what they are. */
  readonly fingerprint: string
  readonly #region: string
  /** The regions that may read for this one. None for the CLASSIC tier; of an existing guardrail the tier is not known. */
  readonly #profile: ReturnType<typeof guardrailProfile>

  /** `region` is the model's, and that of the stack in which `scope` is. */
  constructor(
    scope: Construct,
    id: string,
    { guardrail, region }: { guardrail: Sections['guardrail']; region: string },
  ) {
    super(scope, id)
    this.#region = region
    this.#profile =
      guardrail.source === 'policy' && guardrail.tier === 'CLASSIC' ? undefined : guardrailProfile(region)
    if (guardrail.source === 'existing') {
      this.guardrailId = guardrail.id
      this.version = guardrail.version
      this.fingerprint = fingerprint(guardrail)
      return
    }
    const rules = rulesOf(guardrail)
    const profile = this.#profile
    const guardrailResource = new CfnGuardrail(this, 'Guardrail', {
      ...rules,
      name: Stack.of(this).stackName,
      ...(profile && { crossRegionConfig: { guardrailProfileArn: this.#profileArn(region, profile.id) } }),
    })
    this.fingerprint = fingerprint([rules, profile?.id])
    // Its properties are create-only, so a version is cut when the description changes, and only then. Earlier ones are
    // kept, because a release that is put back asks for its own (AWS keeps 20); they go with the guardrail.
    const version = new CfnGuardrailVersion(this, 'Version', {
      guardrailIdentifier: guardrailResource.attrGuardrailId,
      description: `Policy ${this.fingerprint}`,
    })
    version.applyRemovalPolicy(RETAIN_POLICY)
    this.guardrailId = guardrailResource.attrGuardrailId
    this.version = version.attrVersion
  }

  /**
   * Lets `grantee` have its questions and answers read.
   * https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
   */
  grantApply(grantee: IGrantable): void {
    const { partition, account } = Stack.of(this)
    const profile = this.#profile
    const resources = [
      `arn:${partition}:bedrock:${this.#region}:${account}:guardrail/${this.guardrailId}`,
      ...(profile?.destinations.map((region) => this.#profileArn(region, profile.id)) ?? []),
    ]
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['bedrock:ApplyGuardrail'], resources }),
    )
  }

  #profileArn(region: string, profileId: string): string {
    const { partition, account } = Stack.of(this)
    return `arn:${partition}:bedrock:${region}:${account}:guardrail-profile/${profileId}`
  }
}
