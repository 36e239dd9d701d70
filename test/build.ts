import { build } from '../infra/build.ts'

/** Vitest's global set-up: the flow tests run the bundles that are deployed, so they are built anew for each run. */
export default build
