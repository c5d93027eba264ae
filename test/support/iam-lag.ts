import { setTimeout as sleep } from 'node:timers/promises';
import type { IamLag } from '../../local/emulator/start-emulator.ts';
import { readOptions } from '../../local/read-options.ts';

/**
 * How late the emulator's IAM answers on the stacks of tests, as AWS's may. `SESAME_TEST_IAM_LAG` says another time, `0` for
 * none; `SESAME_TEST_SEED` draws what another run drew, which a test that fails tells.
 */
export function testIamLag(): IamLag | undefined {
  const { SESAME_TEST_IAM_LAG: text = '300ms', SESAME_TEST_SEED: seed } = process.env;
  if (text === '0') return undefined;
  const { iamLag } = readOptions(['--iam-lag', text], '/');
  return iamLag && { ...iamLag, seed: Number(seed) };
}

/** Resolves when everybody sees what was written to IAM before. For tests that count, or log in once only. */
export async function iamPropagated(): Promise<void> {
  const lag = testIamLag();
  if (lag !== undefined) await sleep(lag.seconds * 1000);
}
