import fc from 'fast-check';
import { describe, it } from 'vitest';
import { losslessActions, lossyActions } from './actions.ts';
import { play } from './play.ts';

/** More by hand: `MODEL_RUNS=50000 npx vitest run test/model`. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 2000);

describe("an administrator's edits, at whatever moment", () => {
  it('come true when no trigger is lost, without any sweep', { timeout: 600_000 }, async () => {
    await fc.assert(fc.asyncProperty(losslessActions, fc.scheduler(), play), { numRuns });
  });

  it('come true after a sweep when triggers are lost and IAM is tampered with', { timeout: 600_000 }, async () => {
    await fc.assert(fc.asyncProperty(lossyActions, fc.scheduler(), play), { numRuns });
  });
});
