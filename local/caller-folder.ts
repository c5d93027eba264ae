import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The folder that somebody called a command from: what relative paths in its options start from.
 *
 * npm changes to the project's folder before it runs a script, and names the caller's in INIT_CWD
 * (https://docs.npmjs.com/cli/v11/using-npm/scripts). Scripts that run others pass that variable on, so it counts only where npm
 * runs a script of this very project.
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
