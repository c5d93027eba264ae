import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../scripts/setup/commands.mjs';

const root = join(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The files behind `scripts/run.mjs COMMAND`, without the setup, which another process may be running. */
const commandFiles = Object.values(commands)
  .map(({ run: [file = ''] }) => file)
  .filter((file) => !file.startsWith('node_modules/'));
const others = [
  'scripts/cli-docs.ts',
  'scripts/terraform-docs.ts',
  'scripts/modules-docs.ts',
  'scripts/openapi-docs.ts',
  'scripts/reach-docs.ts',
  'scripts/record-docs.ts',
  'scripts/smtp-replies-docs.ts',
  'scripts/table-docs.ts',
];

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    // Outside the project's folder: no command may depend on the current folder.
    execFile(process.execPath, [resolvePath(root, file), ...args], { cwd: tmpdir() }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

describe('every command', () => {
  it('is covered here', () => {
    const files = [...commandFiles, ...others];
    const named = Object.values(scripts).flatMap((line) => line.match(/(?:scripts|bench)\/[\w-]+\.ts/g) ?? []);
    expect(named.length).toBeGreaterThan(3);
    expect(files).toEqual(expect.arrayContaining([...new Set(named), ...globSync('bench/*.ts', { cwd: root })]));
    expect(files.length).toBeGreaterThan(14);
  });

  it('that needs anything installed is started by scripts/run.mjs', () => {
    const started = Object.entries(scripts).filter(([, line]) => line.includes('run.mjs'));
    expect(started).toEqual(Object.keys(commands).map((name) => [name, `exec node scripts/run.mjs ${name}`]));
    const tested = Object.keys(scripts).filter((name) => /^(?:bench:|check$)/.test(name));
    expect(Object.keys(commands)).toEqual(expect.arrayContaining(tested));
    expect(tested.length).toBeGreaterThan(7);
  });

  it.each([...commandFiles, ...others])('%s shows its help on standard output, with status 0', async (file) => {
    const long = await run(file, '--help');
    expect(long).toEqual({ status: 0, stdout: expect.stringMatching(/npm (?:run|start)/), stderr: '' });
    expect(await run(file, '-h')).toEqual(long);
  });

  it.each([...commandFiles, ...others])(
    '%s names an unknown argument on standard error, with status 2',
    async (file) => {
      const { status, stdout, stderr } = await run(file, '--bogus');
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^Unknown option '--bogus'\n\n/);
      expect(stderr).not.toMatch(/^ {4}at /m);
    },
  );
});

describe('a wrong argument', () => {
  it.each([
    ['local/stats.ts', [], 'The name of a credential is missing.'],
    ['local/stats.ts', [''], 'The name of a credential is missing.'],
    ['local/stats.ts', ['jane', 'john'], "Unexpected argument 'john'"],
    ['local/main.ts', ['--state', ''], '--state needs the name of a folder.'],
    ['local/main.ts', ['word'], "Unexpected argument 'word'"],
    ['bench/load.ts', ['--runs', '3'], '--runs must be a whole number of at least 15, not "3".'],
    ['bench/bulk.ts', ['--records', 'many'], '--records must be a whole number of at least 1, not "many".'],
    ['bench/events.ts', ['--growth', '10,x'], '--growth must be a whole number of at least 1, not "x".'],
    ['bench/sweep.ts', ['--users'], "Option '--users <value>' argument missing"],
    ['scripts/run.mjs', [], 'A command is missing.'],
    ['scripts/run.mjs', ['strat'], 'There is no command "strat".'],
  ])('%s %j', async (file, args, complaint) => {
    const { status, stdout, stderr } = await run(file, ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n').slice(0, 2)).toEqual([complaint, '']);
  });

  it('scripts/run.mjs --help', async () => {
    const { status, stdout } = await run('scripts/run.mjs', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('start, demo, test, build, stats');
    for (const name of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`\\b${name}[,.]`));
  });
});

describe('the setup', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-setup-'));
  const lock = join(folder, '.sesame/setup.lock');
  const entry = join(folder, 'scripts/run.mjs');
  // There is no package to install. These tests only check that the setup gets that far.
  const reached = 'Installing Node packages (npm ci) failed';

  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, '.sesame'), { recursive: true });
    mkdirSync(join(folder, 'scripts'));
    for (const part of ['run.mjs', 'setup']) {
      cpSync(join(root, 'scripts', part), join(folder, 'scripts', part), { recursive: true });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A start beside another one, which has the lock: its output, and its status at the end. */
  function startBeside(owner: number) {
    writeFileSync(lock, String(owner));
    const child = spawn(process.execPath, [entry, 'build'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const status = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, status, output: () => output };
  }

  it('runs on plain Node, without packages', () => {
    const files = ['run.mjs', ...globSync('setup/*', { cwd: join(root, 'scripts') })];
    expect(files.length).toBeGreaterThan(8);
    expect(files.filter((file) => !file.endsWith('.mjs'))).toEqual([]);
    const imported = files.flatMap((file) => [
      ...readFileSync(join(root, 'scripts', file), 'utf8').matchAll(/^import [^;]*from '([^']+)';$/gm),
    ]);
    expect(imported.length).toBeGreaterThan(30);
    expect(imported.map(([, name = '']) => name).filter((name) => !/^(?:node:|\.\.?\/.*\.mjs$)/.test(name))).toEqual(
      [],
    );
  });

  it.each(Object.keys(commands))('installs packages before %s on a fresh clone', async (name) => {
    const { status, stdout, stderr } = await run(entry, name);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(reached);
    expect(existsSync(lock)).toBe(false);
  });

  it('does not wait for a lock without an owner, as a full disk leaves it', async () => {
    writeFileSync(lock, '');
    utimesSync(lock, new Date(0), new Date(0));
    const { status, stderr } = await run(entry, 'build');
    expect(status).toBe(1);
    expect(stderr).toContain(reached);
    expect(existsSync(lock)).toBe(false);
  });

  it('waits for another process that sets up the same folder', async () => {
    const waiting = startBeside(process.pid);
    await expect.poll(waiting.output, { timeout: 10_000 }).toContain(`Waiting for process ${process.pid}, which`);
    expect(waiting.output()).not.toContain(reached);
    rmSync(lock);
    expect(await waiting.status).toBe(1);
    expect(waiting.output()).toContain(reached);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s while it waits, with status %i and without a word', async (signal, status) => {
    const waiting = startBeside(process.pid);
    await expect.poll(waiting.output, { timeout: 10_000 }).toContain('Waiting for');
    const before = waiting.output();
    waiting.child.kill(signal);
    expect(await waiting.status).toBe(status);
    expect(waiting.output()).toBe(before);
    expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
  });
});
