import * as v from 'valibot'

/**
 * The schema of assistant.config.ts, one section an export. It has no defaults and no transforms: the edge takes a
 * section as it is written, without this schema, and both tiers must read the same.
 */

/** Who the assistant is, in what people read. */
export const Identity = v.strictObject({
  /** The name in its own sentences; the name in Slack is the app's. */
  name: v.pipe(v.string(), v.nonEmpty()),
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
  bots: v.array(v.pipe(v.string(), v.regex(/^B[A-Z0-9]+$/))),
  /** Whether people of other companies, in channels shared through Slack Connect, are answered. */
  outsiders: v.boolean(),
})
export type Access = v.InferOutput<typeof Access>

const Price = v.pipe(v.number(), v.minValue(0))

/** The model call. Which model it is, the deployment says (MODEL_ID). */
export const Model = v.strictObject({
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

/** What is done with the knowledge bases. Which these are, the deployment says (KNOWLEDGE_BASES). */
export const Knowledge = v.strictObject({
  /** Passages asked of each knowledge base. Bedrock takes 1 to 100. */
  passagesPerBase: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** Passages that the model is shown, the best of all bases. */
  passagesShown: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)),
})
export type Knowledge = v.InferOutput<typeof Knowledge>

export const Assistant = v.strictObject({ identity: Identity, access: Access, model: Model, knowledge: Knowledge, limits: Limits })
export type Assistant = v.InferOutput<typeof Assistant>
