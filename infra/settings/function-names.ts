/**
 * The answering function and the alias that the edge invokes. wrangler.toml and playground/account.ts use the
 * same names.
 */
export const ANSWER_FUNCTION = 'vera-answer'
export const ANSWER_ALIAS = 'live'
