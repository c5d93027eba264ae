import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { buildCli } from '../scripts/build/build-cli.ts';
import { bundleFunction } from '../scripts/build/bundle-function.ts';
import { type OwnLocalStack, startLocalStack } from '../test/support/start-local-stack.ts';
import { median, time } from './support/figures.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

/** `sesame list`, relative to a bare script with the same query. Both are whole processes. */
const budget = 1.5;

const { records, runs } = await readBenchNumbers(
  'bench:cli-list',
  'Compares `sesame list` with a bare script that makes the same query.',
  {
    records: { about: 'credentials in the table', default: 1_000, from: 1 },
    runs: { about: 'lists of each', default: 15, from: 3 },
  },
);

const folder = await mkdtemp(join(tmpdir(), 'cli-list-'));
const stack = await startLocalStack({ iamLag: undefined });
try {
  await fill(stack);
  const { description } = stack;
  writeFileSync(join(folder, 'local.json'), JSON.stringify({ ...description, pid: process.pid }));
  const { endpoint, region, credentials, table } = description;
  const { directory } = await buildCli(root, folder);
  const commands = {
    sesame: [join(directory, 'main.mjs'), 'list', '--local', '--all'],
    bare: [await bundleBare(), JSON.stringify({ client: { endpoint, region, credentials }, table })],
  };
  const names = Object.keys(commands) as (keyof typeof commands)[];
  const times: Record<keyof typeof commands, number[]> = { sesame: [], bare: [] };
  const options = { env: { ...process.env, SESAME_HOME: folder }, maxBuffer: 256 * 1024 * 1024 };
  const { stdout } = await run(process.execPath, commands.sesame, options);
  const listed = (JSON.parse(stdout) as { credentials: unknown[] }).credentials.length;
  if (listed !== records) throw new Error(`${listed} of ${records} credentials were listed`);
  for (let round = 0; round < runs; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      times[name].push(await time(() => run(process.execPath, commands[name], options)));
    }
  }
  for (const name of names)
    console.log(`${name.padEnd(7)} median ${median(times[name]).toFixed(0)} ms, of ${runs} runs`);
  const ratio = median(times.sesame.map((own, round) => own / (times.bare[round] ?? Number.NaN)));
  console.log(`sesame list / bare query: ${ratio.toFixed(2)} (budget ${budget})`);
  process.exitCode = ratio <= budget ? 0 : 1;
} finally {
  await stack.stop();
  await rm(folder, { recursive: true });
}

/** Disabled ones, which the system leaves as they are. */
async function fill({ clients, description }: OwnLocalStack): Promise<void> {
  const at = new Date().toISOString();
  for (let from = 0; from < records; from += 25) {
    const requests = Array.from({ length: Math.min(25, records - from) }, (_, index) => {
      const name = `list.${String(from + index).padStart(6, '0')}`;
      return {
        PutRequest: {
          Item: marshall({
            PK: 'SMTP_USER',
            SK: `USER#${name}`,
            entity_type: 'smtp_credential',
            status: 'disabled',
            disabled_at: at,
            allowed_from_addresses: [`${name}@example.com`, '*@news.example.com'],
            owner: 'Team Mail',
            labels: { env: 'bench' },
            requested_by: 'arn:aws:iam::000000000000:user/jo',
            requested_at: at,
          }),
        },
      };
    });
    await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [description.table]: requests } }));
  }
}

async function bundleBare(): Promise<string> {
  const { code } = await bundleFunction(root, 'bench/support/bare-list.ts');
  for (const { name, bytes } of code) await writeFile(join(folder, name), bytes);
  return join(folder, 'index.mjs');
}
