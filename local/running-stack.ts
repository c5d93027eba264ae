import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localHome } from './local-description.ts';
import { makeFolder } from './make-folder.ts';

const pidFile = join(localHome, 'start.pid');

/**
 * Claims this folder for one `npm start`. Takes over the claim of a dead process.
 *
 * @returns undefined when claimed, otherwise the id of the process that holds it
 */
export function claimFolder(): number | undefined {
  makeFolder(localHome);
  for (;;) {
    try {
      writeFileSync(pidFile, String(process.pid), { flag: 'wx' });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = readOwner();
    if (owner !== undefined && isStack(owner)) return owner;
    rmSync(pidFile, { force: true });
  }
}

/** Releases the folder. */
export function releaseFolder(): void {
  rmSync(pidFile, { force: true });
}

function readOwner(): number | undefined {
  try {
    return Number(readFileSync(pidFile, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process is a running stack. The system may have reused a dead stack's process id. */
function isStack(pid: number): boolean {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes('local/main.ts');
  } catch {
    return false;
  }
}
