/** The function that answers and the alias that the edge invokes. wrangler.toml and the playground's account name them too. */
export const ANSWER_FUNCTION = 'vera-answer'
export const ANSWER_ALIAS = 'live'
