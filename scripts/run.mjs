// Sets up what is missing (packages, emulator, zips), then runs a command with the functions' Node version.
// Must run on Node 20 without packages, because a fresh clone has nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const inProject = (...names) => join(project, ...names);
const home = inProject('.sesame');
const node24 = inProject('node_modules', 'node', 'bin', 'node');
const venv = join(home, 'venv');
const python = join(venv, 'bin', 'python');
const setupLog = join(home, 'logs', 'setup.log');
const setupLock = join(home, 'setup.lock');

const packages = { isDone: hasPackages, make: makePackages };
const emulator = { isDone: hasEmulator, make: makeEmulator };
const zips = { isDone: hasZips, make: makeZips };

const commands = {
  start: { needs: [packages, emulator, zips], run: ['local/main.ts'] },
  demo: { needs: [packages, emulator, zips], run: ['local/demo.ts'] },
  test: { needs: [packages, emulator, zips], run: ['node_modules/vitest/vitest.mjs', 'run'] },
  build: { needs: [packages], run: ['scripts/build.ts'] },
  stats: { needs: [packages], run: ['local/stats.ts'] },
};

/** A problem that the user can solve; the message says how. */
class PrerequisiteError extends Error {}

const usage = `Usage: node scripts/run.mjs COMMAND [arguments]

  COMMAND         ${Object.keys(commands).join(', ')}. Each shows its own arguments with --help
  -h, --help      show this`;

let child;
let stopSignal;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopSignal = signal;
    child?.kill(signal);
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (stopSignal) process.exitCode = 128 + constants.signals[stopSignal];
  else {
    console.error(error instanceof PrerequisiteError || isRefusal(error) ? error.message : error);
    process.exitCode = 1;
  }
}

async function main([name, ...args]) {
  if (name === '--help' || name === '-h') {
    console.log(usage);
    return 0;
  }
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (!command) {
    console.error(`${name === undefined ? 'A command is missing.' : `There is no command "${name}".`}\n\n${usage}`);
    return 2;
  }
  requireNode();
  // Help needs no emulator.
  const isHelp = args.includes('--help') || args.includes('-h');
  await setUp(isHelp ? [packages] : command.needs);
  watchParent();
  const [script, ...first] = command.run;
  return run(node24, [inProject(script), ...first, ...args], { stdio: 'inherit' });
}

/** Whether the system refused a file operation, such as a write to a full disk. Its message says which. */
function isRefusal(error) {
  return error instanceof Error && typeof error.errno === 'number' && typeof error.path === 'string';
}

function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 20) return;
  throw new PrerequisiteError(
    `Node ${process.versions.node} is too old: Node 20 or newer is needed. Install it from https://nodejs.org/.`,
  );
}

// ---- prerequisites ----------------------------------------------------------------------------------------------

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

async function makePackages() {
  // Without node_modules/.bin, so that npm doesn't run on the Node that it replaces.
  const bin = inProject('node_modules', '.bin');
  const PATH = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== bin)
    .join(delimiter);
  const npm = spawnSync('npm', ['--version'], { env: { ...process.env, PATH }, encoding: 'utf8' });
  if (npm.error || npm.status !== 0) {
    throw new PrerequisiteError(
      'npm was not found. It comes with Node: install Node 20 or newer from https://nodejs.org/.',
    );
  }
  await step('Installing Node packages (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund'], { ...process.env, PATH });
  if (!existsSync(node24)) {
    throw new PrerequisiteError(
      'npm did not install Node 24. Install scripts must be allowed: `npm config get ignore-scripts` must say false.',
    );
  }
}

function hasEmulator() {
  return existsSync(python) && readOr(join(venv, 'made-from'), '') === requirementsDigest();
}

async function makeEmulator() {
  const systemPython = findPython();
  rmSync(venv, { recursive: true, force: true });
  await step('Making a Python environment (.sesame/venv)', systemPython, ['-m', 'venv', venv]);
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--require-hashes'];
  await step('Installing the AWS emulator (pip)', python, [...pip, '-r', inProject('requirements.txt')]);
  writeFileSync(join(venv, 'made-from'), requirementsDigest());
}

function findPython() {
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

function hasZips() {
  return readOr(zipStamp(), '') === sourcesDigest() && readdirSync(inProject('dist', 'functions')).some(isZip);
}

async function makeZips() {
  const digest = sourcesDigest();
  await step('Building the functions', node24, [inProject('scripts', 'build.ts')]);
  writeFileSync(zipStamp(), digest);
}

// ---- setup ------------------------------------------------------------------------------------------------------

/** Runs the missing steps. A lock lets only one process do so at a time, in case two first runs start in parallel. */
async function setUp(things) {
  if (things.every((thing) => thing.isDone())) return;
  mkdirSync(dirname(setupLog), { recursive: true });
  await lockSetup();
  try {
    writeFileSync(setupLog, '');
    for (const thing of things) if (!thing.isDone()) await thing.make();
  } finally {
    rmSync(setupLock, { force: true });
  }
}

async function lockSetup() {
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(setupLock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readOr(setupLock, ''));
    if (isAbandoned(owner)) {
      const stale = `${setupLock}.${process.pid}`;
      try {
        renameSync(setupLock, stale);
        rmSync(stale);
      } catch {
        // Another waiting process was faster.
      }
      continue;
    }
    if (waits === 0)
      console.error(`Waiting for ${owner ? `process ${owner}` : 'another process'}, which sets up the same folder ...`);
    if (stopSignal) throw new Error('stopped');
    await sleep(200);
  }
}

/** Runs a program of the setup, shows one line with its time, and keeps its output in case it fails. */
async function step(title, program, args, env = process.env) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const isTerminal = process.stderr.isTTY;
  if (!isTerminal) process.stderr.write(`${title} ...\n`);
  const show = () => process.stderr.write(`\r${title} ... ${seconds()} s`);
  const timer = isTerminal ? setInterval(show, 500) : undefined;
  if (isTerminal) show();
  const output = [];
  const status = await run(program, args, { env, cwd: project, stdio: ['ignore', 'pipe', 'pipe'] }, (text) => {
    output.push(text);
    appendFileSync(setupLog, text);
  });
  clearInterval(timer);
  if (stopSignal) throw new Error('stopped');
  if (status === 0) {
    process.stderr.write(isTerminal ? `\r${title}: done in ${seconds()} s\n` : `  done in ${seconds()} s\n`);
    return;
  }
  const end = output.join('').trimEnd().split('\n').slice(-15).join('\n');
  throw new PrerequisiteError(
    `${isTerminal ? '\n' : ''}${title} failed (status ${status}). The end of ${setupLog}:\n${end}`,
  );
}

/** Runs a program to its end, forwards signals to it, and returns its exit status (128 + n for signal n). */
function run(program, args, options, onOutput) {
  return new Promise((resolve, reject) => {
    child = spawn(program, args, options);
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      child = undefined;
      resolve(code ?? 128 + constants.signals[signal]);
    });
    if (stopSignal) child.kill(stopSignal);
  });
}

/** Ends this process when npm was killed and couldn't forward the signal. package.json uses `exec`, so npm is our parent. */
function watchParent() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child?.kill('SIGTERM');
  }, 500);
  timer.unref();
}

// ---- digests and files ------------------------------------------------------------------------------------------

function requirementsDigest() {
  return createHash('sha256')
    .update(readFileSync(inProject('requirements.txt')))
    .digest('hex');
}

/** Digest of everything that the zips are built from. */
function sourcesDigest() {
  const hash = createHash('sha256');
  const add = (path) => hash.update(`${path}\n`).update(readFileSync(inProject(path)));
  for (const folder of ['src', 'scripts']) {
    const files = readdirSync(inProject(folder), { recursive: true }).filter(isBuilt).sort();
    for (const file of files) add(join(folder, file));
  }
  add('package-lock.json');
  return hash.digest('hex');
}

function isBuilt(file) {
  return file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('local/');
}

function isZip(file) {
  return file.endsWith('.zip');
}

function zipStamp() {
  return inProject('dist', 'functions.made-from');
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return otherwise;
  }
}

/** Whether the lock's owner is gone. A full disk, or a kill at the wrong moment, leaves a lock without an owner. */
function isAbandoned(owner) {
  return owner ? !isAlive(owner) : isOlderThan(setupLock, 5_000);
}

function isOlderThan(file, milliseconds) {
  try {
    return Date.now() - statSync(file).mtimeMs > milliseconds;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
