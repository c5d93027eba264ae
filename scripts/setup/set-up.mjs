import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setupLog } from './project-paths.mjs';
import { lockSetup, unlockSetup } from './setup-lock.mjs';

/**
 * Makes what is missing. A lock lets only one process do so at a time, in case two first runs start in parallel.
 *
 * @param parts in the order in which they need each other; each has `isDone()` and `make()`
 */
export async function setUp(parts) {
  if (parts.every((part) => part.isDone())) return;
  mkdirSync(dirname(setupLog), { recursive: true });
  await lockSetup();
  try {
    writeFileSync(setupLog, '');
    for (const part of parts) if (!part.isDone()) await part.make();
  } finally {
    unlockSetup();
  }
}
