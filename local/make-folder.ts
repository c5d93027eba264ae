import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and its missing parents, for their owner only.
 *
 * Doesn't use mkdir's `recursive`: on a file system that accepts no folders, such as /proc, Node 24 loops forever.
 *
 * @param folder an absolute path
 * @throws Error that names the obstacle; Node's own error when the system refuses, see `explainFileError`
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let above = folder;
  for (;;) {
    const found = statIfPresent(above);
    if (found?.isDirectory()) break;
    if (found !== undefined) {
      throw new Error(
        above === folder
          ? `${folder} is a file. Name a folder.`
          : `${above} is not a folder, so ${folder} can't be made in it. Name another folder.`,
      );
    }
    missing.unshift(above);
    above = dirname(above);
  }
  for (const path of missing) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      // The parent exists, so this file system accepts no new folders.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error(`${path} can't be made: its file system takes no new folders. Name another folder.`);
    }
  }
}

/** Follows links; undefined when nothing is there. */
function statIfPresent(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A parent isn't a folder. The caller finds that when it gets to the parent.
    if (code === 'ENOTDIR') return undefined;
    if (code !== 'ENOENT') throw error;
  }
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  throw new Error(`${path} is a link to something that isn't there. Name another folder.`);
}
