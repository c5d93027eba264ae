import { defineConfig } from 'vitest/config';

// The seed of all random choices in tests, one for the whole run. A failed test prints it.
process.env['SESAME_TEST_SEED'] ??= String(Date.now() % 1_000_000);

export default defineConfig({
  test: {
    // A run that finds no test proves nothing.
    passWithNoTests: false,
    // A focused test would skip all others.
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: 'dist/test-results.json' }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'local/**/*.test.ts',
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
          // These files share a local stack and run one after the other, so that none slows another down.
          globalSetup: ['test/support/local-stack-setup.ts'],
          setupFiles: ['test/support/report-seed.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
