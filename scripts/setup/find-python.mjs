import { spawnSync } from 'node:child_process';
import { PrerequisiteError } from './prerequisite-error.mjs';

/**
 * Finds the first Python on the PATH that can make the emulator's environment.
 *
 * @throws PrerequisiteError when there is none.
 */
export function findPython() {
  const check = 'import sys; print(*sys.version_info[:2])\nimport ensurepip, venv';
  let complaint = 'Python was not found. Install Python 3.10 or newer with its venv module';
  for (const candidate of ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const { error, status, stdout } = spawnSync(candidate, ['-c', check], { encoding: 'utf8' });
    const [major, minor] = (error ? '' : stdout).trim().split(' ').map(Number);
    if (!major) continue;
    const version = `${major}.${minor}`;
    if (major < 3 || minor < 10)
      complaint = `Python ${version} is too old. Install Python 3.10 or newer with its venv module`;
    else if (status !== 0) complaint = `Python ${version} lacks its venv module. Install it`;
    else return candidate;
  }
  throw new PrerequisiteError(
    `${complaint} (Debian, Ubuntu: apt install python3-venv; otherwise https://www.python.org/).`,
  );
}
