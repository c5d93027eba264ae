import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { createSuspensionExpiries } from './suspension-expiries.ts';

const untilMs = Date.parse('2026-03-01T11:00:00.000Z');
const keyOf = (username: string) => ({ PK: 'SESAME#UNTIL', SK: `2026-03-01T11:00:00.000Z#${username}` });
const expiry = (username: string, more: object = {}) => ({ ...keyOf(username), username, until_ms: untilMs, ...more });

/** A table whose queries answer page by page. */
function createExpiries(...pages: object[][]) {
  const sent: Record<string, unknown>[] = [];
  const client = {
    send: ({ input }: { input: Record<string, unknown> }) => {
      sent.push(input);
      const items = pages.shift() ?? [];
      const more = pages.length === 0 ? {} : { LastEvaluatedKey: marshall(keyOf('next')) };
      return Promise.resolve({ Items: items.map((item) => marshall(item)), ...more });
    },
  };
  return { sent, expiries: createSuspensionExpiries(() => client as unknown as DynamoDBClient, 'mail') };
}

it('lists all that are due, and is not kept from them by what it cannot read', async () => {
  const junk = Array.from({ length: 100 }, (_, index) => ({ PK: 'SESAME#UNTIL', SK: `2000#${index}`, other: 1 }));
  const odd = [
    expiry('a', { username: 7 }),
    expiry('b', { until_ms: 'soon' }),
    expiry('c', { until_ms: 9_007_199_254_740_991 }),
  ];
  const many = Array.from({ length: 500 }, (_, index) => expiry(`user-${index}`));
  const { expiries, sent } = createExpiries(junk, odd, many, [expiry('last', { ended: true })]);
  const unreadable: string[] = [];
  const due = await expiries.listDue(untilMs, (sortKey) => unreadable.push(sortKey));
  expect(due).toHaveLength(501);
  expect(due[0]).toEqual({ username: 'user-0', untilMs });
  expect(due.at(-1)).toEqual({ username: 'last', untilMs, isEnded: true });
  expect(unreadable).toEqual([...junk, ...odd].map(({ SK }) => SK));
  expect(sent).toHaveLength(4);
  expect(sent[1]).toMatchObject({ ExclusiveStartKey: marshall(keyOf('next')) });
});

it('deletes what it cannot read', async () => {
  const { expiries, sent } = createExpiries();
  await expiries.discard('2000#7');
  expect(sent).toEqual([{ TableName: 'mail', Key: marshall({ PK: 'SESAME#UNTIL', SK: '2000#7' }) }]);
});

it('remembers an end, and that it was reached', async () => {
  const { expiries, sent } = createExpiries();
  await expiries.add('jane', untilMs);
  await expiries.add('jane', untilMs, { isEnded: true });
  await expiries.remove('jane', untilMs);
  expect(sent).toEqual([
    { TableName: 'mail', Item: marshall(expiry('jane')) },
    { TableName: 'mail', Item: marshall(expiry('jane', { ended: true })) },
    { TableName: 'mail', Key: marshall(keyOf('jane')) },
  ]);
});
