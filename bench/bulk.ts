import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type OwnLocalStack, startLocalStack } from '../test/support/start-local-stack.ts';
import type { BareScriptSettings } from './support/bare-script.ts';
import { deployBareFunction } from './support/deploy-bare-function.ts';
import { median, time } from './support/figures.ts';
import { pendingRecord } from './support/pending-record.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

/**
 * The time for all credentials, relative to a bare script that makes the same calls. The emulator checks no permissions for its
 * administrator, so the script also runs under the manager's role. The difference to that run is our own overhead.
 */
const budget = 1.3;
const memoryBudgetMb = 130;
/** The manager's concurrency. */
const concurrency = 10;
const functionName = 'smtp-credential-manager';

const { records: count, rounds } = await readBenchNumbers(
  'bench:bulk',
  'Compares many new records at once with a bare script, and measures the memory of the manager.',
  {
    records: { about: 'new records in each round', default: 500, from: 1 },
    rounds: { about: 'rounds, of each kind', default: 5, from: 1 },
  },
);

// They take turns, so that other load on the machine affects both. Each run has a fresh stack, so that none starts with a table or
// account that another one has filled.
const times: Record<'bare' | 'underRole' | 'byRecord', number[]> = { bare: [], underRole: [], byRecord: [] };
const peaksMb: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  times.bare.push(await onFreshStack(provisionBare));
  times.underRole.push(await onFreshStack(provisionUnderRole));
  const { milliseconds, peakMb } = await onFreshStack(provisionByRecord);
  times.byRecord.push(milliseconds);
  peaksMb.push(peakMb);
}
const peakMb = Math.max(...peaksMb);
const ratio = ratioTo(times.bare);
report('bare script', times.bare);
report('under role', times.underRole);
report('by record', times.byRecord);
console.log(`record / bare under the manager's role: ${ratioTo(times.underRole).toFixed(2)}`);
console.log(`record / bare: ${ratio.toFixed(2)} (budget ${budget})`);
console.log(`manager's peak memory: ${peakMb.toFixed(0)} MB (budget ${memoryBudgetMb})`);
process.exit(ratio <= budget && peakMb < memoryBudgetMb ? 0 : 1);

/** Compares round by round: the machine's speed varies, but usually stays the same within a round. */
function ratioTo(others: readonly number[]): number {
  return median(times.byRecord.map((own, round) => own / (others[round] ?? Number.NaN)));
}

function report(name: string, milliseconds: readonly number[]): void {
  const middle = median(milliseconds);
  const all = milliseconds.map((each) => (each / 1000).toFixed(2)).join(', ');
  const perSecond = ((count / middle) * 1000).toFixed(0);
  console.log(
    `${name.padEnd(13)} ${count} in ${(middle / 1000).toFixed(2)} s (${perSecond} a second), median of ${all}`,
  );
}

async function onFreshStack<T>(work: (stack: OwnLocalStack) => Promise<T>): Promise<T> {
  const stack = await startLocalStack({ iamLag: undefined });
  try {
    return await work(stack);
  } finally {
    await stack.stop();
  }
}

/** Provisions with a bare script in a function with the manager's role. */
async function provisionUnderRole(stack: OwnLocalStack): Promise<number> {
  await deployBareFunction(stack, 'BARE');
  await invokeBare(stack, []); // Warms it up, like the manager.
  return await time(async () => {
    await insert(stack, 'bare', 'BARE');
    await invokeBare(stack, usernames('bare'));
  });
}

async function invokeBare({ clients }: OwnLocalStack, names: readonly string[]): Promise<void> {
  const Records = names.map((name) => ({ dynamodb: { Keys: { SK: { S: `USER#${name}` } } } }));
  const { FunctionError, Payload } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: 'bare', Payload: JSON.stringify({ Records }) }),
  );
  if (FunctionError !== undefined) throw new Error(Payload?.transformToString());
}

/** Provisions with a plain script: an insert, then six calls each. The stream triggers nothing. */
async function provisionBare(stack: OwnLocalStack): Promise<number> {
  const { table, kmsKeyArn, permissionsBoundaryArn, endpoint, region, credentials } = stack.description;
  const script = fork(new URL('./support/bare-script.ts', import.meta.url));
  const ask = async (message: BareScriptSettings | string[]): Promise<void> => {
    script.send(message);
    // If it exits early, it has printed the reason on standard error.
    await Promise.race([
      once(script, 'message'),
      once(script, 'exit').then(() => Promise.reject(new Error('bare script ended'))),
    ]);
  };
  try {
    await ask({
      concurrency,
      // With another partition key, the manager's filter drops the records.
      settings: { table, kmsKeyArn, permissionsBoundaryArn, partitionKey: 'BARE' },
      client: { endpoint, region, credentials },
    });
    return await time(async () => {
      await insert(stack, 'bare', 'BARE');
      await ask(usernames('bare'));
    });
  } finally {
    script.kill();
  }
}

/** Measures from the first insert until the last record is `active`. */
async function provisionByRecord(stack: OwnLocalStack): Promise<{ milliseconds: number; peakMb: number }> {
  const milliseconds = await time(async () => {
    await insert(stack, 'user', 'SMTP_USER');
    // Check the last one first: counting all costs the emulator as much as several credentials.
    while (!(await isActive(stack, usernames('user').at(-1) ?? ''))) await sleep(20);
    while ((await countActive(stack)) < count) await sleep(20);
  });
  return { milliseconds, peakMb: peakMemoryMb() };
}

function usernames(prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

async function insert({ clients, description }: OwnLocalStack, prefix: string, partitionKey: string): Promise<void> {
  const names = usernames(prefix);
  for (let at = 0; at < names.length; at += 25) {
    const requests = names.slice(at, at + 25).map((name) => ({
      PutRequest: { Item: { ...pendingRecord(name), PK: { S: partitionKey } } },
    }));
    await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [description.table]: requests } }));
  }
}

async function isActive({ clients, description }: OwnLocalStack, username: string): Promise<boolean> {
  const Key = { PK: { S: 'SMTP_USER' }, SK: { S: `USER#${username}` } };
  const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName: description.table, Key }));
  return Item?.['status']?.S === 'active';
}

async function countActive({ clients, description }: OwnLocalStack): Promise<number> {
  let active = 0;
  let start: Record<string, never> | undefined;
  do {
    const page = await clients.dynamodb.send(
      new QueryCommand({
        TableName: description.table,
        Select: 'COUNT',
        KeyConditionExpression: 'PK = :pk',
        FilterExpression: '#status = :active',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':pk': { S: 'SMTP_USER' }, ':active': { S: 'active' } },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    active += page.Count ?? 0;
    start = page.LastEvaluatedKey as typeof start;
  } while (start !== undefined);
  return active;
}

/** The peak resident memory of the manager's processes, as Linux counts it. */
function peakMemoryMb(): number {
  const peaks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (!command.includes(`ministack-lambda-${functionName}-`)) return 0;
        const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return Number(peak ?? 0) / 1024;
      } catch {
        return 0; // The process has ended.
      }
    });
  return Math.max(...peaks);
}
