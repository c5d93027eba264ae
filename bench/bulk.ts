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
 * All credentials may take this many times as long as a bare script that makes the same calls. The emulator checks no permissions
 * for its administrator, so the same script is also run under the manager's role: what is left there is our own.
 */
const budget = 1.3;
const memoryBudgetMb = 130;
/** As many users side by side as the manager works on. */
const concurrency = 10;
const functionName = 'smtp-credential-manager';

const { records: count, rounds } = await readBenchNumbers(
  'bench:bulk',
  'Measures many new records at once against a bare script, and the memory of the manager.',
  {
    records: { about: 'new records in each round', default: 500, from: 1 },
    rounds: { about: 'rounds, of each kind', default: 5, from: 1 },
  },
);

// In turn, so that whatever else the machine does meets both; each on a fresh stack, so that neither finds a table or an
// account that the other one has filled.
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
tell('bare script', times.bare);
tell('under role', times.underRole);
tell('by record', times.byRecord);
console.log(`record / bare under the manager's role: ${ratioTo(times.underRole).toFixed(2)}`);
console.log(`record / bare: ${ratio.toFixed(2)} (budget ${budget})`);
console.log(`manager's process at its highest: ${peakMb.toFixed(0)} MB (budget ${memoryBudgetMb})`);
process.exit(ratio <= budget && peakMb < memoryBudgetMb ? 0 : 1);

/** Round by round: the machine is now faster, now slower, and mostly the same for a whole round. */
function ratioTo(others: readonly number[]): number {
  return median(times.byRecord.map((own, round) => own / (others[round] ?? Number.NaN)));
}

function tell(name: string, milliseconds: readonly number[]): void {
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

/** The same by a bare script in a function with the manager's role. */
async function provisionUnderRole(stack: OwnLocalStack): Promise<number> {
  await deployBareFunction(stack, 'BARE');
  await invokeBare(stack, []); // The manager has been called once, too.
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

/** The same calls by a plain script: insert, then six calls each. The stream is silent. */
async function provisionBare(stack: OwnLocalStack): Promise<number> {
  const { table, kmsKeyArn, permissionsBoundaryArn, endpoint, region, credentials } = stack.description;
  const script = fork(new URL('./support/bare-script.ts', import.meta.url));
  const ask = async (message: BareScriptSettings | string[]): Promise<void> => {
    script.send(message);
    // An exit instead of an answer has said why on standard error.
    await Promise.race([
      once(script, 'message'),
      once(script, 'exit').then(() => Promise.reject(new Error('bare script ended'))),
    ]);
  };
  try {
    await ask({
      concurrency,
      // Under another partition key the manager's mapping filter drops the records.
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

/** From the first insert until the last record is `active`. */
async function provisionByRecord(stack: OwnLocalStack): Promise<{ milliseconds: number; peakMb: number }> {
  const milliseconds = await time(async () => {
    await insert(stack, 'user', 'SMTP_USER');
    // The last one first: counting them all costs the emulator as much as several credentials.
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

/** The highest resident memory that a process of the manager ever had, as Linux counts it. */
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
        return 0; // It ended meanwhile.
      }
    });
  return Math.max(...peaks);
}
