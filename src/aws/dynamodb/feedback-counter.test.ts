import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import type { CountableItem } from '../../mail-events/feedback-counter.ts';
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
      if (answer === 'written') return Promise.resolve({});
      const CancellationReasons = answer.reasons.map(({ Code, Item }) => ({
        Code,
        ...(Item === undefined ? {} : { Item: marshall(Item) }),
      }));
      return Promise.reject(new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons }));
    },
  };
  return createFeedbackCounter(() => client as unknown as DynamoDBClient, {
    table: 'mail',
    expiryAttribute: 'expires_at',
    now: () => 1_772_000_000_000,
    sleep: (ms) => Promise.resolve(void pausesMs.push(ms)),
    random: () => 0.5,
  }).write({ username: 'jane', countables });
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

it('counts what a full item cannot remember: a flood is never counted as less than it is', async () => {
  answers = [{ reasons: [{ Code: 'ValidationError' }, none, none] }];
  expect(await write(units)).toEqual(units);
  expect(keysOf(sent[1])).toEqual(['SESAME#COUNT USER#jane#2026-03-01T10']);
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
