import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildCli } from '../scripts/build/build-cli.ts';
import { median, time } from './support/figures.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

const run = promisify(execFile);

/** `sesame --version`, relative to a Node process that does nothing. */
const budget = 2.0;

const { runs } = await readBenchNumbers('bench:cli-start', 'Compares `sesame --version` with `node -e 0`.', {
  runs: { about: 'starts of each', default: 40, from: 5 },
});

const folder = await mkdtemp(join(tmpdir(), 'cli-start-'));
try {
  const { directory } = await buildCli(join(import.meta.dirname, '..'), folder);
  const program = join(directory, 'main.mjs');
  const commands = { version: [program, '--version'], help: [program, '--help'], nothing: ['-e', '0'] };
  const names = Object.keys(commands) as (keyof typeof commands)[];
  const times: Record<keyof typeof commands, number[]> = { version: [], help: [], nothing: [] };
  for (let round = 0; round < runs; round++) {
    // Forwards and backwards, so that none always follows the same one.
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      times[name].push(await time(() => run(process.execPath, commands[name])));
    }
  }
  for (const name of names)
    console.log(`${name.padEnd(8)} median ${median(times[name]).toFixed(1)} ms, of ${runs} runs`);
  const ratio = median(times.version) / median(times.nothing);
  console.log(`sesame --version / node -e 0: ${ratio.toFixed(2)} (budget ${budget.toFixed(1)})`);
  process.exitCode = ratio <= budget ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
