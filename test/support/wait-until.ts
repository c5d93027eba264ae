import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls a condition until it is true.
 *
 * @throws Error after `limitSeconds`
 */
export async function waitUntil(isSo: () => Promise<boolean>, limitSeconds = 15): Promise<void> {
  const deadline = Date.now() + limitSeconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It didn't happen within ${limitSeconds} s: ${isSo}`);
    await sleep(20);
  }
}
