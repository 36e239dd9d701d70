/** A part of the JSON that Slack sends. */
export type JsonObject = Record<string, unknown>
