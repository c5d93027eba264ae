import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { buildCli } from '../../scripts/build/build-cli.ts';
import { runInTerminal } from './run-in-terminal.ts';
import { serveFakeApi } from './serve-fake-api.ts';

const root = join(import.meta.dirname, '..', '..');

export interface ProcessRan {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line as a process, before a served API. */
export async function createCliProcess() {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-cli-'));
  const build = await buildCli(root, folder);
  const api = await serveFakeApi();
  const program = join(build.directory, 'main.mjs');
  /** Nothing of this machine's own AWS settings. */
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_REGION: 'eu-west-1',
    LANG: 'C.UTF-8',
  };

  function run(
    args: readonly string[],
    { input = '', environment = {}, node = process.execPath }: RunOptions = {},
  ): Promise<ProcessRan> {
    return new Promise((resolve) => {
      const options = { cwd: folder, env: { ...env, ...environment }, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(node, [program, ...args], options, (error, stdout, stderr) => {
        resolve({ exit: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  }

  return {
    api,
    build,
    env,
    folder,
    program,
    run,
    /** Runs it in a pseudo-terminal, and types each answer once the text before it is shown. */
    runInTerminal(args: readonly string[], steps: readonly (readonly [string, string])[] = [], environment = {}) {
      const task = {
        argv: [process.execPath, program, ...args],
        env: { ...env, TERM: 'xterm', ...environment },
        steps,
      };
      return runInTerminal(task, folder);
    },
    async close() {
      await api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly node?: string;
}

/** A program of this machine outside the project's packages; undefined if there is none. */
export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, name))
    .find(existsSync);
}
