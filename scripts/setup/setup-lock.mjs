import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inProject } from './project-paths.mjs';
import { readOr } from './read-or.mjs';
import { throwIfStopped } from './run-process.mjs';

/** Its text is the owner's process id. */
const lockFile = inProject('.sesame', 'setup.lock');

/** Waits until no other process sets up this folder, and locks it. The folder `.sesame` must exist. */
export async function lockSetup() {
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readOr(lockFile, ''));
    if (isAbandoned(owner)) {
      const stale = `${lockFile}.${process.pid}`;
      try {
        renameSync(lockFile, stale);
        rmSync(stale);
      } catch {
        // Another waiting process was faster.
      }
      continue;
    }
    if (waits === 0)
      console.error(`Waiting for ${owner ? `process ${owner}` : 'another process'}, which sets up the same folder ...`);
    throwIfStopped();
    await sleep(200);
  }
}

export function unlockSetup() {
  rmSync(lockFile, { force: true });
}

/** Whether the lock's owner is gone. A full disk, or a kill at the wrong moment, leaves a lock without an owner. */
function isAbandoned(owner) {
  return owner ? !isAlive(owner) : isOlderThan(lockFile, 5_000);
}

function isOlderThan(file, milliseconds) {
  try {
    return Date.now() - statSync(file).mtimeMs > milliseconds;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
