import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SesameError } from '../credential/errors.ts';
import type { DeploymentSources } from '../deployment/deployment-sources.ts';
import { parseMap } from '../values/json-map.ts';

/**
 * Reads descriptions of deployments from files.
 *
 * @param localHome folder in which a local stack leaves `local.json`
 */
export function createDeploymentFiles(localHome: string): Pick<DeploymentSources, 'readFile' | 'findLocalStack'> {
  const localFile = join(localHome, 'local.json');
  return {
    readFile: readIfThere,
    async findLocalStack() {
      const { pid } = parseMap((await readIfThere(localFile)) ?? '') ?? {};
      return typeof pid === 'number' && isRunning(pid) ? localFile : undefined;
    },
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SesameError('UnreadableFile', 'permanent', `${path} can't be read: ${message}.`, { cause: error });
  }
}

/** A killed stack leaves its file behind. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
