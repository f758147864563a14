import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/scratch-once.ts', 'test/build-once.ts', 'test/postgres-once.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Imports JSON as bundlers do.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/closing-line.ts'],
  },
});
