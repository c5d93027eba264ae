import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';

/** The static checks: name to program and arguments. */
const checks = {
  lint: ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  types: ['typescript/bin/tsc', '--noEmit'],
  // The command line also runs on Node 20, which lacks what newer versions of the language bring.
  'types on Node 20': ['typescript/bin/tsc', '-p', 'tsconfig.cli.json'],
  unused: ['knip/bin/knip.js'],
} as const;

const root = join(import.meta.dirname, '..');

/** Runs a check, shows its output if it fails, and returns whether it passed. */
function check(name: string, [program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const script = join(root, 'node_modules', program);
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      console.log(`${name}: ${code === 0 ? 'ok' : 'failed'}`);
      if (code !== 0) console.log(Buffer.concat(output).toString());
      resolve(code === 0);
    });
  });
}

const usage = `Usage: npm run check

Builds the functions; checks lint and format, types, and unused code and packages.

  -h, --help      show this`;

process.exitCode = await runCommand(usage, () => readArguments(process.argv.slice(2), {}).values, checkAll);

async function checkAll(): Promise<number> {
  const held = await Promise.all(Object.entries(checks).map(([name, command]) => check(name, command)));
  return held.every(Boolean) ? 0 : 1;
}
