import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { createSuspensionExpiries } from './suspension-expiries.ts';

const untilMs = Date.parse('2026-03-01T11:00:00.000Z');
const keyOf = (username: string) => ({ PK: 'SESAME#UNTIL', SK: `2026-03-01T11:00:00.000Z#${username}` });
const end = (username: string, more: object = {}) => ({ ...keyOf(username), username, until_ms: untilMs, ...more });

/** A table whose queries answer page by page. */
function createEnds(...pages: object[][]) {
  const sent: Record<string, unknown>[] = [];
  const client = {
    send: ({ input }: { input: Record<string, unknown> }) => {
      sent.push(input);
      const items = pages.shift() ?? [];
      const more = pages.length === 0 ? {} : { LastEvaluatedKey: marshall(keyOf('next')) };
      return Promise.resolve({ Items: items.map((item) => marshall(item)), ...more });
    },
  };
  return { sent, ends: createSuspensionExpiries(() => client as unknown as DynamoDBClient, 'mail') };
}

it('lists all that are due, and is not kept from them by what it cannot read', async () => {
  const junk = Array.from({ length: 100 }, (_, index) => ({ PK: 'SESAME#UNTIL', SK: `2000#${index}`, other: 1 }));
  const odd = [
    end('a', { username: 7 }),
    end('b', { until_ms: 'soon' }),
    end('c', { until_ms: 9_007_199_254_740_991 }),
  ];
  const many = Array.from({ length: 500 }, (_, index) => end(`user-${index}`));
  const { ends, sent } = createEnds(junk, odd, many, [end('last', { ended: true })]);
  const due = await ends.listDue(untilMs);
  expect(due).toHaveLength(501);
  expect(due[0]).toEqual({ username: 'user-0', untilMs });
  expect(due.at(-1)).toEqual({ username: 'last', untilMs, isEnded: true });
  expect(sent).toHaveLength(4);
  expect(sent[1]).toMatchObject({ ExclusiveStartKey: marshall(keyOf('next')) });
});

it('remembers an end, and that it was reached', async () => {
  const { ends, sent } = createEnds();
  await ends.add('jane', untilMs);
  await ends.add('jane', untilMs, { isEnded: true });
  await ends.remove('jane', untilMs);
  expect(sent).toEqual([
    { TableName: 'mail', Item: marshall(end('jane')) },
    { TableName: 'mail', Item: marshall(end('jane', { ended: true })) },
    { TableName: 'mail', Key: marshall(keyOf('jane')) },
  ]);
});
