import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// The tests' secrets are the bindings below. Wrangler would look for files with them and warn in each test file.
process.env.WRANGLER_LOG ??= 'none'

// These limits end a test that hangs; they do not measure. The slowest test takes some 15 s on a quiet machine; a busy
// one may take eight times that.
const limits = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    // Most tests wait: for processes to start, for Slack's pace, for a probe. Two cores need five workers.
    maxWorkers: 5,
    // The log lines of the product matter only when a test fails.
    silent: 'passed-only',
    globalSetup: './test/build.ts',
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                SLACK_SIGNING_SECRET: 'fake-signing-secret',
                AWS_ACCESS_KEY_ID: 'AKIAFAKEEDGE',
                AWS_SECRET_ACCESS_KEY: 'fake-edge-secret',
              },
            },
          }),
        ],
        test: { ...limits, name: 'edge', include: ['test/edge/**/*.test.ts'] },
      },
      {
        test: {
          ...limits,
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/edge/**', 'test/infra/{*,constructs/*,settings/*}.test.ts'],
          // Loading wrangler and the simulated services takes longer than starting them: each worker does it once.
          isolate: false,
        },
      },
      {
        test: {
          ...limits,
          name: 'templates',
          include: ['test/infra/{*,constructs/*,settings/*}.test.ts'],
          // These files share no state, and loading the CDK takes a second.
          isolate: false,
        },
      },
    ],
  },
})
