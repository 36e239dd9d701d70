/** An error that the person at the terminal can fix. The message says what is wrong and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** The command line is wrong. The message is one sentence without its full stop. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The person pressed Ctrl-C, or Escape at a question, or answered no. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}
