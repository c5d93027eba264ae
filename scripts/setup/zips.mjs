import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, node24 } from './project-paths.mjs';
import { readOr } from './read-or.mjs';
import { runStep } from './run-step.mjs';

/** Its text is the digest of the sources that the zips were built from. */
const stamp = inProject('dist', 'functions.made-from');

/** The functions' zips, as the local stack deploys them, and the command line. */
export const zips = { isDone: hasZips, make: buildZips };

function hasZips() {
  const isThere = existsSync(inProject('dist', 'cli', 'main.mjs'));
  return isThere && readOr(stamp, '') === sourcesDigest() && readdirSync(inProject('dist', 'functions')).some(isZip);
}

async function buildZips() {
  const digest = sourcesDigest();
  await runStep('Building the functions', node24, [inProject('scripts', 'build.ts')]);
  writeFileSync(stamp, digest);
}

/** Digest of everything that the zips are built from. */
function sourcesDigest() {
  const hash = createHash('sha256');
  const add = (path) => hash.update(`${path}\n`).update(readFileSync(inProject(path)));
  for (const folder of ['src', 'scripts']) {
    const files = readdirSync(inProject(folder), { recursive: true }).filter(isSource).sort();
    for (const file of files) add(join(folder, file));
  }
  add('package-lock.json');
  return hash.digest('hex');
}

function isSource(file) {
  return file.endsWith('.ts') && !file.endsWith('.test.ts');
}

function isZip(file) {
  return file.endsWith('.zip');
}
