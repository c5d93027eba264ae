import type { BatchGetItemCommand, BatchGetItemCommandOutput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { batchGet } from './batch-get.ts';

const keys = Array.from({ length: 250 }, (_, index) => ({ PK: 'ROUTE', SK: `rule-${index}` }));

let asked: number[];
let pausesMs: number[];
beforeEach(() => {
  asked = [];
  pausesMs = [];
});

/** Reads from a table that processes so many keys of each request; the last figure stays. */
function read(takes: number[], options: { isConsistent?: boolean } = {}) {
  const sent: BatchGetItemCommand['input'][] = [];
  const client = {
    send: ({ input }: BatchGetItemCommand): Promise<Partial<BatchGetItemCommandOutput>> => {
      sent.push(input);
      const { Keys = [] } = input.RequestItems?.['mail'] ?? {};
      asked.push(Keys.length);
      const taken = (takes.length > 1 ? takes.shift() : takes[0]) ?? 0;
      const rest = Keys.slice(taken);
      return Promise.resolve({
        Responses: { mail: Keys.slice(0, taken) },
        ...(rest.length === 0 ? {} : { UnprocessedKeys: { mail: { Keys: rest } } }),
      });
    },
  };
  const pauses = { sleep: (ms: number) => Promise.resolve(void pausesMs.push(ms)), random: () => 0.5 };
  return { sent, items: batchGet(client as unknown as DynamoDBClient, { table: 'mail', keys, ...options }, pauses) };
}

it('asks for a hundred keys at a time, and waits for nothing', async () => {
  const { items, sent } = read([100], { isConsistent: true });
  expect(await items).toEqual(keys);
  expect(asked).toEqual([100, 100, 50]);
  expect(sent[0]?.RequestItems?.['mail']?.ConsistentRead).toBe(true);
  expect(pausesMs).toEqual([]);
});

it('asks again for what was left, after a pause that grows only while nothing comes', async () => {
  const { items } = read([0, 0, 40, 0, 100]);
  expect(new Set((await items).map(({ SK }) => SK))).toEqual(new Set(keys.map(({ SK }) => SK)));
  expect(pausesMs).toEqual([100, 200, 50, 100]);
});

it('gives up when nothing comes for too long', async () => {
  await expect(read([0]).items).rejects.toMatchObject({ code: 'BatchGetUnprocessed', kind: 'retryable' });
  expect(asked).toHaveLength(7);
  expect(pausesMs).toEqual([100, 200, 400, 800, 1600, 3200]);
});

it('asks for nothing when there is nothing to ask for', async () => {
  const client = { send: () => Promise.reject(new Error('a call')) } as unknown as DynamoDBClient;
  const pauses = { sleep: () => Promise.resolve(), random: () => 0.5 };
  expect(await batchGet(client, { table: 'mail', keys: [] }, pauses)).toEqual([]);
});
