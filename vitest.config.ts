import { defineConfig } from 'vitest/config';

// What tests draw from, one seed for the whole run: a test that fails tells it.
process.env['SESAME_TEST_SEED'] ??= String(Date.now() % 1_000_000);

export default defineConfig({
  test: {
    // A run that finds no test proves nothing.
    passWithNoTests: false,
    // A focused test would leave all others out.
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: 'dist/test-results.json' }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'bench/**/*.test.ts',
            'test/*.test.ts',
            'test/model/**/*.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          // All these files share one local stack: one file after the other, so that none slows another one's clock.
          globalSetup: ['test/support/local-stack-setup.ts'],
          setupFiles: ['test/support/tell-seed.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
