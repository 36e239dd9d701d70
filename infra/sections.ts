/** assistant.config.ts as a whole: what everything here is made from. */
export type Sections = typeof import('../assistant.config.ts')
