import * as v from 'valibot'

/**
 * The schema of assistant.config.ts, one section an export. It has no defaults and no transforms: the edge takes a
 * section as it is written, without this schema, and both tiers must read the same.
 */

const Text = v.pipe(v.string(), v.nonEmpty('must not be empty'))
const Region = v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as us-east-1'))

/** Who the assistant is, in what people read. */
export const Identity = v.strictObject({
  /** The name in its own sentences; the name in Slack is the app's. */
  name: Text,
  /** One sentence about it, for the page of the Slack app. Slack takes 140 characters. */
  description: v.pipe(Text, v.maxLength(140)),
  /** What Slack offers to ask when a conversation with it is opened. Slack takes four. */
  suggestedPrompts: v.pipe(v.array(v.strictObject({ title: Text, message: Text })), v.maxLength(4)),
  /** Added to the built-in instructions: tone, language, what to leave alone. May be empty. */
  instructions: v.string(),
  /** The length to aim at. A wish to the model, not a limit. */
  answerWords: v.pipe(v.number(), v.integer(), v.minValue(20)),
  /** Where people find a person, as Slack Markdown; closes every sentence about a failure. May be empty. */
  support: v.string(),
})
export type Identity = v.InferOutput<typeof Identity>

/** Who gets an answer. The only section that the edge bundles. */
export const Access = v.strictObject({
  /** Ids (B…) of the bots and workflows whose messages are answered; all others are ignored. */
  bots: v.array(
    v.pipe(
      v.string(),
      v.regex(/^B[A-Z0-9]+$/, 'expected the id of a bot or a workflow, such as B0123456789'),
    ),
  ),
  /** Whether people of other companies, in channels shared through Slack Connect, are answered. */
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
   * The id of an inference profile, such as us.anthropic.claude-haiku-5-5, or of a model. The prefix says where answers
   * are made: `us.`, `eu.`, `jp.`, `au.` and `apac.` stay in that part of the world, `global.` does not.
   * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
   */
  id: ModelId,
  /** Where it is called, and where the guardrail is. Left out: the deployment's region. */
  region: v.optional(Region),
  /** The most that one answer may cost, in output tokens. */
  maxTokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** What the model costs, in USD for a million tokens; for the metric CostUsd and its alarm. */
  prices: v.strictObject({ inputPerMillion: Price, outputPerMillion: Price, cachedInputPerMillion: Price }),
})
export type Model = v.InferOutput<typeof Model>

/** What may be spent. Each counts turns, of which one costs a search and a model call at most. */
export const Limits = v.strictObject({
  /** Within an hour of UTC. */
  turnsPerPersonPerHour: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Within a day of UTC, all people together. */
  turnsPerWorkspacePerDay: v.pipe(v.number(), v.integer(), v.minValue(1)),
})
export type Limits = v.InferOutput<typeof Limits>

/** People read the name where a base could not be searched; AWS takes nothing else in the names made from it. */
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

/** It becomes part of a permission, where *, ? and $ mean something else, and which takes no letters beyond Latin-1. */
const Prefix = v.pipe(
  v.string(),
  v.maxLength(300),
  v.regex(
    /^(?!.*[*?${}])[ -~\xa1-\xff]*$/,
    'expected a folder such as handbook/, without *, ?, $, braces or letters beyond Latin-1',
  ),
)

/** Six fields, of which one of the two days has to be a question mark; or a rate, whose unit has to agree with its number. */
const FIELD = String.raw`[\dA-Z,*?/#-]+`
const CRON = String.raw`cron\(${FIELD} ${FIELD} (\? ${FIELD} ${FIELD}|${FIELD} ${FIELD} \?) ${FIELD}\)`
const Schedule = v.pipe(
  v.string(),
  v.regex(
    new RegExp(String.raw`^(${CRON}|rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minute|hour|day)s)\))$`),
    'expected cron(…) with six fields, one of the two days a question mark, such as cron(0 4 * * ? *); or a rate such as rate(1 day) or rate(2 days)',
  ),
)

/** A knowledge base that is there already, or a source from which one is made. */
const Base = v.variant('source', [
  /** In this account and the knowledge's region. It is searched and never changed. */
  v.strictObject({
    name: BaseName,
    source: v.literal('existing'),
    id: v.pipe(
      v.string(),
      v.regex(/^[0-9A-Z]{10}$/, 'expected the id of a knowledge base, such as ABCDEFGHIJ'),
    ),
  }),
  /** A Confluence Cloud site: https://….atlassian.net. All that its user can read will be searched for everybody. */
  v.strictObject({ name: BaseName, source: v.literal('confluence'), site: Site }),
  /** Documents in a bucket of this account and region, below a prefix, such as handbook/. The prefix may be empty. */
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

/** The knowledge bases and what is done with them. */
export const Knowledge = v.strictObject({
  /** Where the bases and the rerank model are. Left out: the deployment's region. */
  region: v.optional(Region),
  /** May be empty: then the assistant answers from the thread alone. */
  bases: v.array(Base),
  /** How the text of new bases becomes vectors. Another model or length makes the bases anew. */
  embedding: v.strictObject({
    model: ModelId,
    dimensions: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)),
  }),
  /** How their pages are cut into passages, in tokens, and how many percent of one stand in the next as well. */
  chunking: v.strictObject({
    maxTokens: v.pipe(v.number(), v.integer(), v.minValue(20), v.maxValue(8192)),
    overlapPercent: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
  }),
  /**
   * When new bases read their source again, as EventBridge Scheduler writes it.
   * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  sync: v.strictObject({ schedule: Schedule, timezone: Text }),
  /** A foundation model in the knowledge's region. Left out: the bases take turns in their own order. */
  rerankModel: v.optional(Text),
  /** Passages asked of each knowledge base. Bedrock takes 1 to 100. */
  passagesPerBase: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** Passages that the model is shown, the best of all bases. */
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

/** What neither a question nor an answer may hold: a guardrail that is there already, or the policy of a new one. */
export const Guardrail = v.variant('source', [
  /** In this account and the model's region, with a published version. A draft changes under those who use it. */
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
     * CLASSIC reads English, French and Spanish. STANDARD reads some sixty languages, and does so in any region of the
     * same part of the world. https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tiers.html
     */
    tier: v.picklist(['CLASSIC', 'STANDARD']),
    /** How readily each kind of harmful content is blocked, in questions and answers. */
    content: v.strictObject({
      HATE: Strength,
      INSULTS: Strength,
      SEXUAL: Strength,
      VIOLENCE: Strength,
      MISCONDUCT: Strength,
    }),
    /** Attempts to change the instructions. They can be read less strictly, but not be let through. */
    promptAttack: v.picklist(['LOW', 'MEDIUM', 'HIGH']),
    /** Profanity, as AWS lists it. */
    profanity: v.boolean(),
    /** Personal data that is replaced by its kind, such as {PHONE}. */
    mask: v.array(PersonalData),
    /** Personal data for which the whole question or answer is held back. */
    block: v.array(PersonalData),
    /** Subjects that are not talked about. AWS takes 30, each with 5 examples. */
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
    /** Words and phrases that are not said. AWS takes 10,000. */
    words: v.pipe(v.array(v.pipe(Text, v.maxLength(100))), v.maxLength(10_000)),
  }),
])
export type Guardrail = v.InferOutput<typeof Guardrail>

/** Roles do not tell large letters of a tag's name from small ones. */
const TagName = v.pipe(
  v.string(),
  v.regex(
    /^(?!aws:|application$)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu,
    'expected the name of a tag; "application" is set by Vera, and names that begin with "aws:" belong to AWS',
  ),
)

/** What `infra/` makes in AWS, apart from what the other sections say. Nothing of it is read at run time. */
export const Deployment = v.strictObject({
  /** Where the functions and the table are. wrangler.toml names the same region. */
  region: Region,
  /** The most questions that are answered at the same time. It bounds the spend, and is taken from the account's limit. */
  reservedConcurrency: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** How long logs are kept, in days. CloudWatch takes only these. */
  logRetentionDays: v.picklist([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),
  /** Who hears of an alarm. May be empty: then somebody has to subscribe to the topic. */
  alarmEmail: v.union([v.literal(''), v.pipe(v.string(), v.email())]),
  /** What the model may cost in one day before an alarm, in USD. It stops nothing. */
  dailyBudgetUsd: v.pipe(v.number(), v.gtValue(0)),
  /** Put on everything that can have tags, beside `application`, which is ours. */
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
