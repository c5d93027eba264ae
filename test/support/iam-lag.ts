import { setTimeout as sleep } from 'node:timers/promises';
import type { IamLag } from '../../local/emulator/start-emulator.ts';
import { readOptions } from '../../local/read-options.ts';

/**
 * How far reads of the emulator's IAM may lag in tests, as on AWS. `SESAME_TEST_IAM_LAG` sets another time, or `0` for none.
 * `SESAME_TEST_SEED` repeats another run, which prints its seed when a test fails.
 */
export function testIamLag(): IamLag | undefined {
  const { SESAME_TEST_IAM_LAG: text = '300ms', SESAME_TEST_SEED: seed } = process.env;
  if (text === '0') return undefined;
  const { iamLag } = readOptions(['--iam-lag', text], '/');
  return iamLag && { ...iamLag, seed: Number(seed) };
}

/** Resolves when all reads see the past writes to IAM. For tests that count calls or log in only once. */
export async function iamPropagated(): Promise<void> {
  const lag = testIamLag();
  if (lag !== undefined) await sleep(lag.seconds * 1000);
}
