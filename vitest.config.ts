import { defineConfig } from 'vitest/config';

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
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
