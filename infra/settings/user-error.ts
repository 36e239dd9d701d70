/** Something that whoever sits at the terminal can mend. The message is what they read: what is wrong, and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** The command line is not one that we know. The message is one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Somebody pressed Ctrl-C, or Escape at a question. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}
