import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { PrerequisiteError } from './prerequisite-error.mjs';
import { inProject, node24 } from './project-paths.mjs';
import { runStep } from './run-step.mjs';

/** The packages of package-lock.json, with the functions' Node among them. */
export const nodePackages = { isDone: hasPackages, make: installPackages };

/** Compares npm's record of installed packages with the lock file, so that a manual `npm install` counts too. */
function hasPackages() {
  const installedFile = inProject('node_modules', '.package-lock.json');
  if (!existsSync(node24) || !existsSync(installedFile)) return false;
  const installed = readJson(installedFile).packages;
  return Object.entries(readJson(inProject('package-lock.json')).packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional packages of other platforms aren't installed.
    return found ? found.version === wanted.version : Boolean(wanted.optional || wanted.devOptional);
  });
}

async function installPackages() {
  // Without node_modules/.bin, so that npm doesn't run on the Node that it replaces.
  const bin = inProject('node_modules', '.bin');
  const PATH = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== bin)
    .join(delimiter);
  const env = { ...process.env, PATH };
  const npm = spawnSync('npm', ['--version'], { env, encoding: 'utf8' });
  if (npm.error || npm.status !== 0) {
    throw new PrerequisiteError(
      'npm was not found. It comes with Node: install Node 20 or newer from https://nodejs.org/.',
    );
  }
  await runStep('Installing Node packages (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund'], env);
  if (!existsSync(node24)) {
    throw new PrerequisiteError(
      'npm did not install Node 24. Install scripts must be allowed: `npm config get ignore-scripts` must say false.',
    );
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
