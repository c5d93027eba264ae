import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing, for their owner only.
 *
 * Not by mkdir's `recursive`: where a file system takes no folders, as /proc does, Node 24 tries for ever and hears no signal.
 *
 * @param folder an absolute path
 * @throws Error that names what stands in the way; Node's own where the system refuses, see `explainFileError`
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let above = folder;
  for (;;) {
    const found = look(above);
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
      // The folder above is there: this file system takes no new ones.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error(`${path} can't be made: its file system takes no new folders. Name another folder.`);
    }
  }
}

/** What a path leads to; undefined when nothing is there. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // What stands above it isn't a folder: the look at that one says so.
    if (code === 'ENOTDIR') return undefined;
    if (code !== 'ENOENT') throw error;
  }
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  throw new Error(`${path} is a link to something that isn't there. Name another folder.`);
}
