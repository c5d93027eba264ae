import { execFile } from 'node:child_process';
import {
  copyFileSync,
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
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The files behind `scripts/run.mjs COMMAND`, without the setup, which another process may be running. */
const commandFiles = ['local/main.ts', 'local/demo.ts', 'local/stats.ts', 'scripts/build.ts'];
const others = [
  'scripts/check.ts',
  'scripts/terraform-docs.ts',
  'scripts/modules-docs.ts',
  'scripts/record-docs.ts',
  'scripts/table-docs.ts',
  ...globSync('bench/*.ts', { cwd: root }),
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
    const named = Object.values(scripts).flatMap((line) => line.match(/(?:scripts|bench)\/[\w-]+\.ts/g) ?? []);
    expect(named.length).toBeGreaterThan(7);
    expect([...commandFiles, ...others]).toEqual(expect.arrayContaining([...new Set(named)]));
    const wrapped = readFileSync(join(root, 'scripts/run.mjs'), 'utf8').match(/run: \['[\w/-]+\.ts'/g) ?? [];
    expect(wrapped.map((text) => text.slice(7, -1)).sort()).toEqual([...commandFiles].sort());
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
  });
});

describe('the setup', () => {
  it('does not wait for a lock without an owner, as a full disk leaves it', async () => {
    const project = mkdtempSync(join(tmpdir(), 'sesame-setup-'));
    try {
      mkdirSync(join(project, 'scripts'));
      mkdirSync(join(project, '.sesame'));
      copyFileSync(join(root, 'scripts/run.mjs'), join(project, 'scripts/run.mjs'));
      const lock = join(project, '.sesame/setup.lock');
      writeFileSync(lock, '');
      utimesSync(lock, new Date(0), new Date(0));
      // There is no package to install. The test only checks that the setup gets that far.
      const { status, stderr } = await run(join(project, 'scripts/run.mjs'), 'build');
      expect(status).toBe(1);
      expect(stderr).toContain('Installing Node packages (npm ci) failed');
      expect(existsSync(lock)).toBe(false);
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
