/** A part of what Slack sends as JSON. */
export type JsonObject = Record<string, unknown>
