/**
 * Everything that people read from the edge. It has no bot token, so it can only answer Slack's requests with
 * these.
 */

export const ANSWER_FOLLOWS = "I'll answer in our direct messages."

export const QUESTION_NOT_TAKEN =
  "I couldn't take your question just now. Please ask me again in a few minutes."

export const CLICK_NOT_TAKEN = "That click didn't reach me. Please try it again in a few minutes."

/** `command` includes its slash. */
export function help(command: string): string {
  return `Ask me something with \`${command} your question\`. ${ANSWER_FOLLOWS} You can also mention me in a channel or send me a direct message.`
}
