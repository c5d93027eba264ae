import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalClients, type LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';
import { portsFrom, requireFreePorts } from '../../local/local-ports.ts';
import { waitUntil } from './wait-until.ts';

const root = join(import.meta.dirname, '../..');

/** `npm start` as a process, with its own home folder. */
export interface StartCommand {
  readonly process: ChildProcess;
  /** Its output so far. */
  output(): string;
  /** Resolves with the exit status. */
  readonly status: Promise<number>;
  /** Waits until the stack is ready. */
  ready(): Promise<{ description: LocalDescription; clients: LocalClients }>;
  /** The emulator's process id; undefined when there is none. */
  emulatorPid(): Promise<number | undefined>;
}

/** @param home folder for logs and the like; a second command with the same home refuses to start */
export async function runStartCommand(home: string, ...args: string[]): Promise<StartCommand> {
  mkdirSync(home, { recursive: true });
  const base = await freePortBase();
  const child = spawn(
    process.execPath,
    [join(root, 'local/main.ts'), '--port-base', String(base), ...args],
    // Without npm's variables, as when the command runs outside npm; in a process group of its own, as from a terminal.
    { cwd: home, detached: true, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], SESAME_HOME: home } },
  );
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => texts.push(data.toString()));
  const output = () => texts.join('');
  let hasEnded = false;
  const status = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true;
      resolve(code ?? (signal === 'SIGKILL' ? 137 : -1));
    });
  });
  return {
    process: child,
    output,
    status,
    ready: async () => {
      await waitUntil(async () => output().includes('Sesame is ready') || hasEnded, 60);
      if (hasEnded) throw new Error(`It ended before it was ready:\n${output()}`);
      const description = JSON.parse(readFileSync(join(home, 'local.json'), 'utf8')) as LocalDescription;
      return { description, clients: createLocalClients(description) };
    },
    emulatorPid: () => findEmulator(home),
  };
}

async function freePortBase(): Promise<number> {
  for (;;) {
    const base = randomInt(15_000, 30_000);
    const isFree = await requireFreePorts(portsFrom(base)).then(
      () => true,
      () => false,
    );
    if (isFree) return base;
  }
}

/** Finds the emulator: the process that writes to the home's function log. Linux only. */
async function findEmulator(home: string): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [environment, command] = await Promise.all(
      ['environ', 'cmdline'].map((file) => readFile(join('/proc', name, file), 'utf8').catch(() => '')),
    );
    if (command?.includes('launch.py') && environment?.includes(join(home, 'logs'))) return Number(name);
  }
  return undefined;
}
