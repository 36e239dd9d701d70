import { build } from '../infra/build.ts'

/** Vitest's global setup: builds the bundles once per run, because the flow tests run what is deployed. */
export default build
