import fc from 'fast-check';
import { describe, it } from 'vitest';
import { losslessActions, lossyActions } from './actions.ts';
import { play } from './play.ts';

/** For more runs: `MODEL_RUNS=50000 npx vitest run test/model`. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 2000);

describe("an administrator's edits, at any moment", () => {
  it('take effect without a sweep when no trigger is lost', { timeout: 600_000 }, async () => {
    await fc.assert(fc.asyncProperty(losslessActions, fc.scheduler(), play), { numRuns });
  });

  it('take effect after a sweep when triggers are lost and IAM is changed by hand', { timeout: 600_000 }, async () => {
    await fc.assert(fc.asyncProperty(lossyActions, fc.scheduler(), play), { numRuns });
  });
});
