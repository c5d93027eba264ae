import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const marker = 'sesame-state';

/**
 * Makes the folder that keeps a stack's state, or empties the one that is there.
 *
 * @throws Error when the folder holds something else: it might be somebody's documents, and a reset would delete them.
 */
export function prepareStateFolder(folder: string, reset: boolean): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new Error(`${folder} is a file. Name a folder.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0 && !existsSync(join(folder, marker))) {
    throw new Error(`${folder} holds something other than a state of Sesame. Name an empty or a new folder.`);
  }
  if (reset) rmSync(folder, { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, marker), 'State of a local Sesame. It holds secrets of local test credentials.\n');
}
