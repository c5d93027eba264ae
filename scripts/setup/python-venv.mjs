import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython } from './find-python.mjs';
import { inProject } from './project-paths.mjs';
import { readOr } from './read-or.mjs';
import { runStep } from './run-step.mjs';

const venv = inProject('.sesame', 'venv');
const python = join(venv, 'bin', 'python');
const requirements = inProject('requirements.txt');
/** Its text is the digest of the requirements that were installed. */
const stamp = join(venv, 'made-from');

/** A Python environment with the AWS emulator. */
export const pythonVenv = { isDone: hasVenv, make: makeVenv };

function hasVenv() {
  return existsSync(python) && readOr(stamp, '') === requirementsDigest();
}

async function makeVenv() {
  const systemPython = findPython();
  rmSync(venv, { recursive: true, force: true });
  await runStep('Making a Python environment (.sesame/venv)', systemPython, ['-m', 'venv', venv]);
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--require-hashes'];
  await runStep('Installing the AWS emulator (pip)', python, [...pip, '-r', requirements]);
  writeFileSync(stamp, requirementsDigest());
}

function requirementsDigest() {
  return createHash('sha256').update(readFileSync(requirements)).digest('hex');
}
