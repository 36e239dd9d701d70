/** CloudFormation writes this into a new secret. `npm run deploy` replaces it, and knows by it that nobody has done so yet. */
export const NOT_SET = 'not-set'
