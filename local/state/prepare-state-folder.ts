import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { explainFileError } from '../explain-file-error.ts';
import { makeFolder } from '../make-folder.ts';

const marker = 'sesame-state';
/** Files of every saved state. A reset deletes nothing because of them: only the marker shows that the folder is ours. */
const stateFiles = ['saved.json', 'dynamodb.json', 'iam.json', 'kms.json'];

/**
 * Makes the folder for a stack's state if it is missing, and checks that it is writable. Its content stays.
 *
 * @param folder an absolute path
 * @throws Error in one line, when the folder can't be made or written, or holds something else: a reset would delete, say, the
 *   user's documents
 */
export function prepareStateFolder(folder: string): void {
  try {
    makeFolder(folder);
    const isMarked = existsSync(join(folder, marker));
    const names = isMarked ? [] : readdirSync(folder);
    if (names.length > 0) throw new Error(describeUnmarked(folder, names));
    if (!isMarked) {
      writeFileSync(join(folder, marker), 'State of a local Sesame. It holds secrets of local test credentials.\n');
    }
    tryToWrite(join(folder, '.write-test'));
  } catch (error) {
    const explanation = explainFileError(error);
    if (explanation === undefined) throw error;
    throw new Error(`The state can't be kept in ${folder}. ${explanation}`, { cause: error });
  }
}

function describeUnmarked(folder: string, names: readonly string[]): string {
  return stateFiles.some((name) => names.includes(name))
    ? `${folder} looks like a state of Sesame, but its file ${marker} is missing. If it is one, put the file back (its content doesn't matter): touch '${join(folder, marker)}'. Or name another folder.`
    : `${folder} holds something other than a state of Sesame. Name an empty or a new folder.`;
}

function tryToWrite(file: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, 'test\n');
    // Some file systems report that they are full only now.
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
    rmSync(file, { force: true });
  }
}
