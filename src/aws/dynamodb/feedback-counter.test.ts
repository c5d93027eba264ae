import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { type CountableItem, planFeedbackWrites } from '../../mail-events/feedback-counter.ts';
import { createFeedbackCounter } from './feedback-counter.ts';

type Answer = 'written' | { readonly reasons: readonly { Code: string; Item?: Record<string, unknown> }[] };

let answers: Answer[];
let sent: TransactWriteItemsCommand['input'][];
let pausesMs: number[];

beforeEach(() => {
  answers = [];
  sent = [];
  pausesMs = [];
});

function write(countables: readonly CountableItem[]): Promise<readonly CountableItem[]> {
  const client = {
    send: ({ input }: TransactWriteItemsCommand) => {
      sent.push(input);
      const answer = answers.shift() ?? 'written';
      return answer === 'written' ? Promise.resolve({}) : Promise.reject(canceled(answer.reasons));
    },
  };
  return counterOf(client, 4).write({ username: 'jane', countables });
}

function canceled(reasons: Exclude<Answer, 'written'>['reasons']): TransactionCanceledException {
  const CancellationReasons = reasons.map(({ Code, Item }) => ({
    Code,
    ...(Item === undefined ? {} : { Item: marshall(Item) }),
  }));
  return new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons });
}

function counterOf(client: object, maxIdsPerItem: number) {
  return createFeedbackCounter(() => client as DynamoDBClient, {
    table: 'mail',
    expiryAttribute: 'expires_at',
    now: () => 1_772_000_000_000,
    sleep: (ms) => Promise.resolve(void pausesMs.push(ms)),
    random: () => 0.5,
    maxIdsPerItem,
  });
}

const unit = (dedupWindow: string, id: string): CountableItem => ({
  dedupWindow,
  id,
  counter: 'sends',
  bucket: '2026-03-01T10',
});
const units = [unit('s1', 'a'), unit('s1', 'b'), unit('s2', 'c')];
const keysOf = (input: (typeof sent)[number] | undefined) =>
  input?.TransactItems?.map(({ Update }) => `${Update?.Key?.['PK']?.S} ${Update?.Key?.['SK']?.S}`);
const none = { Code: 'None' };
const seen = (...ids: string[]) => ({ Code: 'ConditionalCheckFailed', Item: { seen: new Set(ids) } });

it('remembers each slot in an item of its own, in one transaction with the counters', async () => {
  expect(await write(units)).toEqual(units);
  expect(sent).toHaveLength(1);
  expect(keysOf(sent[0])).toEqual([
    'SESAME#SEEN#jane s1',
    'SESAME#SEEN#jane s2',
    'SESAME#COUNT USER#jane#2026-03-01T10',
  ]);
});

it('leaves out what some of the slots have already, and counts the rest', async () => {
  answers = [{ reasons: [seen('a', 'x'), none, none] }];
  expect((await write(units)).map(({ id }) => id)).toEqual(['b', 'c']);
  answers = [{ reasons: [none, seen('c'), none] }, { reasons: [seen('a', 'b'), none] }];
  expect(await write(units)).toEqual([]);
  expect(pausesMs).toEqual([]);
});

it('continues a closed window in its next part, and looks for the ids in both', async () => {
  answers = [{ reasons: [seen('w', 'x', 'y', 'a'), none, none] }];
  expect((await write(units)).map(({ id }) => id)).toEqual(['b', 'c']);
  expect(keysOf(sent[1])).toEqual([
    'SESAME#SEEN#jane s1',
    'SESAME#SEEN#jane s1#1',
    'SESAME#SEEN#jane s2',
    'SESAME#COUNT USER#jane#2026-03-01T10',
  ]);
  expect(sent[1]?.TransactItems?.map(({ Update }) => Update?.UpdateExpression?.includes('ADD seen'))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it('splits a write that is too large for one transaction', async () => {
  answers = [{ reasons: [{ Code: 'ValidationError' }, none, none] }];
  expect(await write(units)).toEqual(units);
  expect(sent.map(keysOf).slice(1)).toEqual([
    ['SESAME#SEEN#jane s1', 'SESAME#COUNT USER#jane#2026-03-01T10'],
    ['SESAME#SEEN#jane s2', 'SESAME#COUNT USER#jane#2026-03-01T10'],
  ]);
});

it('splits a write with more hours and windows than a transaction takes', async () => {
  const hours = Array.from({ length: 80 }, (_, index) => ({
    ...unit(`s${index % 50}`, `id-${index}`),
    bucket: new Date(index * 3_600_000).toISOString().slice(0, 13),
  }));
  expect(await write(hours)).toHaveLength(80);
  expect(sent.length).toBeGreaterThan(1);
  for (const { TransactItems = [] } of sent) expect(TransactItems.length).toBeLessThanOrEqual(100);
});

it('leaves an item alone that somebody else has filled or damaged', async () => {
  answers = [{ reasons: [{ Code: 'ValidationError' }, none] }];
  expect(await write([unit('s1', 'a')])).toHaveLength(1);
  expect(keysOf(sent[1])).toContain('SESAME#SEEN#jane s1#1');
});

it('gives up if no part of a window takes an id', async () => {
  answers = Array.from({ length: 40 }, () => ({
    reasons: Array.from({ length: 20 }, () => ({ Code: 'ValidationError' })),
  }));
  await expect(write([unit('s1', 'a')])).rejects.toMatchObject({ code: 'TransactionCanceledException' });
  expect(sent).toHaveLength(12);
});

/** The part of DynamoDB that the counter relies on. */
function memoryTable() {
  const items = new Map<string, Set<string>>();
  const counters = new Map<string, number>();
  const send = ({ input }: TransactWriteItemsCommand) => {
    const updates = (input.TransactItems ?? []).map(({ Update }) => ({
      ...Update,
      key: `${Update?.Key?.['PK']?.S} ${Update?.Key?.['SK']?.S}`,
    }));
    const reasons = updates.map(({ key, ConditionExpression, ExpressionAttributeValues: values = {} }) => {
      if (ConditionExpression === undefined) return none;
      const held = items.get(key) ?? new Set<string>();
      const asked = Object.entries(values).filter(([name]) => name.startsWith(':u'));
      const isRefused =
        asked.some(([, value]) => held.has(value.S ?? '')) || held.size >= Number(values[':closed']?.N ?? Infinity);
      return isRefused
        ? { Code: 'ConditionalCheckFailed', ...(held.size === 0 ? {} : { Item: { seen: held } }) }
        : none;
    });
    if (reasons.some(({ Code }) => Code !== 'None')) return Promise.reject(canceled(reasons));
    for (const { key, ExpressionAttributeValues: values = {} } of updates) {
      if (values[':ids'] !== undefined)
        items.set(key, new Set([...(items.get(key) ?? []), ...(values[':ids'].SS ?? [])]));
      if (values[':sends'] !== undefined) counters.set(key, (counters.get(key) ?? 0) + Number(values[':sends'].N));
    }
    return Promise.resolve({});
  };
  return { send, items, total: () => [...counters.values()].reduce((sum, count) => sum + count, 0) };
}

it('counts each id once however often it comes, in windows of many parts', async () => {
  const batch = fc.array(fc.record({ window: fc.integer({ min: 0, max: 2 }), id: fc.integer({ min: 0, max: 30 }) }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 15 }), async (batches) => {
      const table = memoryTable();
      const counter = counterOf(table, 3);
      const all = new Set<string>();
      let reported = 0;
      // The second time, everything is a duplicate.
      for (const each of [...batches, ...batches]) {
        const countables = new Map(each.map(({ window, id }) => [`${window} ${id}`, unit(`s${window}`, `id-${id}`)]));
        for (const name of countables.keys()) all.add(name);
        reported += (await counter.write({ username: 'jane', countables: [...countables.values()] })).length;
      }
      expect([table.total(), reported]).toEqual([all.size, all.size]);
    }),
  );
});

it('counts all of one second in which more mails were sent than an item takes', async () => {
  const table = memoryTable();
  const counter = counterOf(table, 1_000);
  const nowMs = 1_772_000_000_000;
  const countAll = async (mails: number) => {
    const countableKeys = Array.from({ length: mails }, (_, index) => `recipient-${index}`);
    const feedback = { counter: 'sends', atMs: nowMs, dedupKey: 'mail', countableKeys, suppressible: [] } as const;
    for (const each of planFeedbackWrites([{ username: 'jane', feedback, sentAtMs: nowMs }], nowMs)) {
      await counter.write(each);
    }
  };
  await countAll(3_500);
  await countAll(4_500);
  expect(table.total()).toBe(4_500);
  expect([...table.items.values()].every(({ size }) => size < 1_075)).toBe(true);
});

it('waits longer each time that it meets another write, and gives up at last', async () => {
  answers = Array.from({ length: 20 }, () => ({ reasons: [none, none, { Code: 'TransactionConflict' }] }));
  await expect(write(units)).rejects.toMatchObject({ code: 'LedgerBusy', kind: 'retryable' });
  expect(pausesMs).toEqual([10, 20, 40, 80, 160, 320, 640, 1280]);
});

it('fails for what it does not understand', async () => {
  answers = [{ reasons: [none, none, { Code: 'ValidationError' }] }];
  await expect(write(units)).rejects.toMatchObject({ code: 'TransactionCanceledException' });
});
