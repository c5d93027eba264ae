import { setTimeout as sleep } from 'node:timers/promises';
import type { IamLag } from '../../src/local/emulator/start-emulator.ts';
import { readOptions } from '../../src/local/read-options.ts';

/**
 * How late the emulator's IAM answers in tests, as AWS's may. `vitest.config.ts` says it; `SESAME_TEST_IAM_LAG=0` turns it off, and
 * `SESAME_TEST_SEED` draws what another run drew. Benches measure without a lag.
 */
export function testIamLag(): IamLag | undefined {
  const { SESAME_TEST_IAM_LAG: text = '0', SESAME_TEST_SEED: seed } = process.env;
  if (text === '0') return undefined;
  const { iamLag } = readOptions(['--iam-lag', text], '/');
  return iamLag && { ...iamLag, seed: Number(seed) };
}

/** Resolves when everybody sees what was written to IAM before. For tests that change IAM by hand and count who sees it when. */
export async function iamPropagated(): Promise<void> {
  const lag = testIamLag();
  if (lag !== undefined) await sleep(lag.seconds * 1000);
}
