import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The folder that a command was called from. Relative paths in its options start there.
 *
 * npm changes to the project's folder before it runs a script and puts the caller's folder in INIT_CWD
 * (https://docs.npmjs.com/cli/v11/using-npm/scripts). Child processes inherit that variable, so we use it only when npm runs a
 * script of this project.
 */
export function callerFolder(environment: NodeJS.ProcessEnv, currentFolder: string, projectFolder: string): string {
  const { INIT_CWD: calledFrom, npm_package_json: packageFile } = environment;
  if (!calledFrom || !packageFile) return currentFolder;
  const isOurs = isSame(dirname(packageFile), projectFolder) && isSame(currentFolder, projectFolder);
  return isOurs ? calledFrom : currentFolder;
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
