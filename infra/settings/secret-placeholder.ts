/** CloudFormation writes this into a new secret. `npm run deploy` replaces it with the real value. */
export const NOT_SET = 'not-set'
