import * as v from 'valibot'

/**
 * The schema of assistant.config.ts; each export is one section. It has no defaults and no transforms,
 * because the edge reads a section without this schema, and both tiers must see the same values.
 */

const Text = v.pipe(v.string(), v.nonEmpty('must not be empty'))
const Region = v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as us-east-1'))

/** The assistant as people see it. */
export const Identity = v.strictObject({
  /** The name in the assistant's own sentences. Slack shows the name of the app. */
  name: Text,
  /** One sentence for the page of the Slack app. Slack allows 140 characters. */
  description: v.pipe(Text, v.maxLength(140)),
  /**
   * Questions that Slack suggests when somebody opens a conversation with the assistant. Slack allows four.
   */
  suggestedPrompts: v.pipe(v.array(v.strictObject({ title: Text, message: Text })), v.maxLength(4)),
  /** Added to the built-in instructions: tone, language, topics to avoid. May be empty. */
  instructions: v.string(),
  /** Length that the model should aim at. It is not a limit. */
  answerWords: v.pipe(v.number(), v.integer(), v.minValue(20)),
  /** Where people get help, in Slack Markdown. Every sentence about a failure ends with it. May be empty. */
  support: v.string(),
})
export type Identity = v.InferOutput<typeof Identity>

/** Who gets an answer. The edge bundles this section and no other. */
export const Access = v.strictObject({
  /** Ids (B…) of the bots and workflows whose messages we answer. We ignore all others. */
  bots: v.array(
    v.pipe(
      v.string(),
      v.regex(/^B[A-Z0-9]+$/, 'expected the id of a bot or a workflow, such as B0123456789'),
    ),
  ),
  /** True if we answer people of other companies in channels shared through Slack Connect. */
  outsiders: v.boolean(),
})
export type Access = v.InferOutput<typeof Access>

const ModelId = v.pipe(
  v.string(),
  v.regex(/^[a-z\d-]+(\.[a-z\d-]+)+(:\d+)*$/, 'expected the id of a model, such as amazon.nova-pro-v1:0'),
)

const Price = v.pipe(v.number(), v.minValue(0))

/** The model call. */
export const Model = v.strictObject({
  /**
   * The id of an inference profile, such as us.anthropic.claude-haiku-5-5, or of a model. The prefix says
   * where the model runs: `us.`, `eu.`, `jp.`, `au.` and `apac.` stay in that part of the world, `global.`
   * does not. https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
   */
  id: ModelId,
  /** Where we call the model, and where the guardrail is. Default: the deployment's region. */
  region: v.optional(Region),
  /** Most output tokens of one answer. What the model thinks before it counts too. */
  maxTokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /**
   * Whether the model thinks before it answers, which costs time and output tokens. Default: off. Some models,
   * such as Claude Sonnet 5.5, think in any case.
   */
  thinking: v.optional(v.picklist(['off', 'on'])),
  /** How much work the model puts into an answer. Default: the model's own. Not every model has it. */
  effort: v.optional(v.picklist(['low', 'medium', 'high', 'xhigh', 'max'])),
  /** Prices of the model in USD per million tokens, for the metric CostUsd and its alarm. */
  prices: v.strictObject({ inputPerMillion: Price, outputPerMillion: Price, cachedInputPerMillion: Price }),
})
export type Model = v.InferOutput<typeof Model>

/** Limits on turns. A turn costs one search and one model call at most. */
export const Limits = v.strictObject({
  /** In one clock hour, UTC. */
  turnsPerPersonPerHour: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** In one day, UTC, all people together. */
  turnsPerWorkspacePerDay: v.pipe(v.number(), v.integer(), v.minValue(1)),
})
export type Limits = v.InferOutput<typeof Limits>

/**
 * People read it if the base could not be searched. AWS allows only these characters in the names derived
 * from it.
 */
const BaseName = v.pipe(
  v.string(),
  v.regex(
    /^[0-9A-Za-z]([_-]?[0-9A-Za-z]){0,39}$/,
    'expected letters and digits, with single - or _ between them',
  ),
)

const Site = v.pipe(
  v.string(),
  v.regex(
    /^https:\/\/[a-z\d-]+(\.[a-z\d-]+)+$/i,
    'expected an address such as https://acme.atlassian.net, without a path',
  ),
)

/**
 * Becomes part of an IAM permission: there *, ? and $ have a meaning, and only letters of Latin-1 are
 * allowed.
 */
const Prefix = v.pipe(
  v.string(),
  v.maxLength(300),
  v.regex(
    /^(?!.*[*?${}])[ -~\xa1-\xff]*$/,
    'expected a folder such as handbook/, without *, ?, $, braces or letters beyond Latin-1',
  ),
)

/**
 * Six fields, one of the two days a question mark; or a rate whose unit agrees with its number (1 day, 2
 * days).
 */
const FIELD = String.raw`[\dA-Z,*?/#-]+`
const CRON = String.raw`cron\(${FIELD} ${FIELD} (\? ${FIELD} ${FIELD}|${FIELD} ${FIELD} \?) ${FIELD}\)`
const Schedule = v.pipe(
  v.string(),
  v.regex(
    new RegExp(String.raw`^(${CRON}|rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minute|hour|day)s)\))$`),
    'expected cron(…) with six fields, one of the two days a question mark, such as cron(0 4 * * ? *); or a rate such as rate(1 day) or rate(2 days)',
  ),
)

/** An existing knowledge base, or a source from which we create one. */
const Base = v.variant('source', [
  /** In this account, in the region of the knowledge. We search it and never change it. */
  v.strictObject({
    name: BaseName,
    source: v.literal('existing'),
    id: v.pipe(
      v.string(),
      v.regex(/^[0-9A-Z]{10}$/, 'expected the id of a knowledge base, such as ABCDEFGHIJ'),
    ),
  }),
  /**
   * A Confluence Cloud site: https://….atlassian.net. Everybody gets answers from all that its user can read.
   */
  v.strictObject({ name: BaseName, source: v.literal('confluence'), site: Site }),
  /**
   * Documents in a bucket of this account and region, below a prefix such as handbook/. The prefix may be
   * empty.
   */
  v.strictObject({
    name: BaseName,
    source: v.literal('s3'),
    bucket: v.pipe(
      v.string(),
      v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket'),
    ),
    prefix: Prefix,
  }),
])

/** The knowledge bases, and how we use them. */
export const Knowledge = v.strictObject({
  /** Where the bases and the rerank model are. Default: the deployment's region. */
  region: v.optional(Region),
  /** May be empty; then the assistant answers from the thread alone. */
  bases: v.array(Base),
  /** How we turn the text of new bases into vectors. Another model or length replaces the bases. */
  embedding: v.strictObject({
    model: ModelId,
    dimensions: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)),
  }),
  /** Size of the passages that new bases cut their pages into, and how much of each the next one repeats. */
  chunking: v.strictObject({
    maxTokens: v.pipe(v.number(), v.integer(), v.minValue(20), v.maxValue(8192)),
    overlapPercent: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
  }),
  /**
   * When new bases read their source again, in the notation of EventBridge Scheduler.
   * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  sync: v.strictObject({ schedule: Schedule, timezone: Text }),
  /**
   * A foundation model in the region of the knowledge. Without it we take passages from each base in turn.
   */
  rerankModel: v.optional(Text),
  /** Passages that we ask of each knowledge base. Bedrock allows 1 to 100. */
  passagesPerBase: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** Passages that the model gets: the best ones of all bases. */
  passagesShown: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)),
})
export type Knowledge = v.InferOutput<typeof Knowledge>

const Strength = v.picklist(['NONE', 'LOW', 'MEDIUM', 'HIGH'])

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailPiiEntityConfig.html */
const PersonalData = v.picklist([
  'ADDRESS', 'AGE', 'NAME', 'EMAIL', 'PHONE', 'USERNAME', 'PASSWORD', 'DRIVER_ID', 'LICENSE_PLATE', 'VEHICLE_IDENTIFICATION_NUMBER',
  'CREDIT_DEBIT_CARD_CVV', 'CREDIT_DEBIT_CARD_EXPIRY', 'CREDIT_DEBIT_CARD_NUMBER', 'PIN', 'INTERNATIONAL_BANK_ACCOUNT_NUMBER', 'SWIFT_CODE',
  'IP_ADDRESS', 'MAC_ADDRESS', 'URL', 'AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'US_BANK_ACCOUNT_NUMBER', 'US_BANK_ROUTING_NUMBER',
  'US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER', 'US_PASSPORT_NUMBER', 'US_SOCIAL_SECURITY_NUMBER', 'CA_HEALTH_NUMBER',
  'CA_SOCIAL_INSURANCE_NUMBER', 'UK_NATIONAL_HEALTH_SERVICE_NUMBER', 'UK_NATIONAL_INSURANCE_NUMBER', 'UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER',
]) // biome-ignore format: a list

/**
 * Content that neither a question nor an answer may have: an existing guardrail, or the policy of a new one.
 */
export const Guardrail = v.variant('source', [
  /**
   * In this account, in the region of the model. The version must be published, because a draft can change
   * any time.
   */
  v.strictObject({
    source: v.literal('existing'),
    id: v.pipe(v.string(), v.regex(/^[a-z0-9]+$/, 'expected the id of a guardrail, such as abcdefghijkl')),
    version: v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,7}$/, 'expected the number of a published version, such as 3'),
    ),
  }),
  v.strictObject({
    source: v.literal('policy'),
    /**
     * CLASSIC reads English, French and Spanish. STANDARD reads about sixty languages, and may run in another
     * region of the same part of the world.
     * https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tiers.html
     */
    tier: v.picklist(['CLASSIC', 'STANDARD']),
    /** How strictly each kind of harmful content is blocked, in questions and answers. */
    content: v.strictObject({
      HATE: Strength,
      INSULTS: Strength,
      SEXUAL: Strength,
      VIOLENCE: Strength,
      MISCONDUCT: Strength,
    }),
    /** How strictly attempts to change the instructions are blocked. They cannot be allowed. */
    promptAttack: v.picklist(['LOW', 'MEDIUM', 'HIGH']),
    /** Blocks the profanity that AWS lists. */
    profanity: v.boolean(),
    /** Personal data that the guardrail replaces by its kind, such as {PHONE}. */
    mask: v.array(PersonalData),
    /** Personal data that blocks the whole question or answer. */
    block: v.array(PersonalData),
    /** Topics that are blocked. AWS allows 30, each with 5 examples. */
    topics: v.pipe(
      v.array(
        v.strictObject({
          name: v.pipe(
            v.string(),
            v.regex(
              /^[0-9A-Za-z \-_!?.]{1,100}$/,
              'expected at most 100 letters, digits, spaces and - _ ! ? .',
            ),
          ),
          definition: v.pipe(Text, v.maxLength(200)),
          examples: v.pipe(v.array(v.pipe(Text, v.maxLength(100))), v.maxLength(5)),
        }),
      ),
      v.maxLength(30),
    ),
    /** Words and phrases that are blocked. AWS allows 10,000. */
    words: v.pipe(v.array(v.pipe(Text, v.maxLength(100))), v.maxLength(10_000)),
  }),
])
export type Guardrail = v.InferOutput<typeof Guardrail>

/** IAM roles ignore case in the names of tags. */
const TagName = v.pipe(
  v.string(),
  v.regex(
    /^(?!aws:|application$)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu,
    'expected the name of a tag; "application" is set by Vera, and names that begin with "aws:" belong to AWS',
  ),
)

/** Everything else that `infra/` needs to create the deployment. Nothing reads it at run time. */
export const Deployment = v.strictObject({
  /** Where the functions and the table are. wrangler.toml names the same region. */
  region: Region,
  /**
   * Most questions answered at the same time. It bounds the spend, and counts against the account's limit.
   */
  reservedConcurrency: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** How long logs are kept, in days. CloudWatch allows only these values. */
  logRetentionDays: v.picklist([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),
  /** Who gets the alarms. May be empty; then somebody has to subscribe to the topic. */
  alarmEmail: v.union([v.literal(''), v.pipe(v.string(), v.email())]),
  /** Cost of the model in one day, in USD, that raises an alarm. It stops nothing. */
  dailyBudgetUsd: v.pipe(v.number(), v.gtValue(0)),
  /** Set on every resource that can have tags, in addition to our own tag `application`. */
  tags: v.record(
    TagName,
    v.pipe(
      v.string(),
      v.regex(
        /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
        'expected at most 256 letters, digits, spaces and _ . : / = + @ -',
      ),
    ),
  ),
})
export type Deployment = v.InferOutput<typeof Deployment>

export const Assistant = v.strictObject({
  identity: Identity,
  access: Access,
  model: Model,
  knowledge: Knowledge,
  limits: Limits,
  guardrail: Guardrail,
  deployment: Deployment,
})
export type Assistant = v.InferOutput<typeof Assistant>
