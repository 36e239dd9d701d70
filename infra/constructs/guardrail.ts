import { Stack } from 'aws-cdk-lib'
import { CfnGuardrail, CfnGuardrailVersion } from 'aws-cdk-lib/aws-bedrock'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { fingerprint } from '../settings/fingerprint.ts'
import { guardrailProfile } from '../settings/regions.ts'
import type { Sections } from '../settings/sections.ts'
import { rulesOf } from './guardrail-policy.ts'
import { RETAIN_POLICY } from './retain-policy.ts'

/**
 * The guardrail that checks questions and answers: an existing one, or one created from the configuration.
 */
export class Guardrail extends Construct {
  readonly guardrailId: string
  /** A number, never DRAFT: a draft can change while it is used. */
  readonly version: string
  /** Changes with every rule. The ids of this stack's resources do not. */
  readonly fingerprint: string
  readonly #region: string
  /**
   * The cross-region profile. Undefined for the CLASSIC tier. Set for an existing guardrail, because its tier
   * is unknown.
   */
  readonly #profile: ReturnType<typeof guardrailProfile>

  /**
   * `region` is the region of the model. The stack of `scope` must be there if the guardrail is a new one.
   */
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
    // All properties of a version are create-only, so CloudFormation creates a version exactly if the
    // description changes. Earlier versions stay, because a rollback needs them (AWS keeps 20). They are
    // deleted together with the guardrail.
    const version = new CfnGuardrailVersion(this, 'Version', {
      guardrailIdentifier: guardrailResource.attrGuardrailId,
      description: `Policy ${this.fingerprint}`,
    })
    version.applyRemovalPolicy(RETAIN_POLICY)
    this.guardrailId = guardrailResource.attrGuardrailId
    this.version = version.attrVersion
  }

  /**
   * Lets `grantee` apply the guardrail.
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
