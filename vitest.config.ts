import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// The secrets of the tests are bindings below; wrangler would look for them elsewhere and warn for every file.
process.env.WRANGLER_LOG ??= 'none'

export default defineConfig({
  test: {
    // Most tests wait: for processes to start, for Slack's pace, for a probe. Two cores are busy only with more than two.
    maxWorkers: 5,
    // The product's log lines are no news while tests pass.
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
        test: { name: 'edge', include: ['test/edge/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/edge/**', 'test/infra/{*,constructs/*,settings/*}.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'templates',
          include: ['test/infra/{*,constructs/*,settings/*}.test.ts'],
          // They change nothing that another could see, and the CDK takes a second to load.
          isolate: false,
          testTimeout: 20_000,
        },
      },
    ],
  },
})
