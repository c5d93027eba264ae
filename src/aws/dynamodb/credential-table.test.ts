import type { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { createCredentialTable } from './credential-table.ts';
import { readItem } from './read-item.ts';

const long = '123456789012345678901234567890';
/** A whole number that JavaScript shows rightly, and can't tell from its neighbours. */
const unsafe = '9007199254740994';

/** A table whose updates succeed and are kept. */
function createRecordedTable() {
  const sent: UpdateItemCommand['input'][] = [];
  const client = {
    send: (command: UpdateItemCommand) => {
      sent.push(command.input);
      return Promise.resolve({ Attributes: {} });
    },
  } as unknown as DynamoDBClient;
  return { sent, table: createCredentialTable(() => client, 'mail') };
}

it.each([long, unsafe])('a number that JavaScript cannot hold goes back into conditions as it is: %s', async (N) => {
  const { claim, status } = readItem({ claim: { M: { at: { N } } }, status: { N } });
  const { table, sent } = createRecordedTable();
  await table.takeClaim('jane', { at: 'now', by: 'me' }, claim as Record<string, unknown>);
  await table.write('jane', { set: {}, remove: ['claim'] }, { by: 'me', status });
  expect(sent[0]?.ExpressionAttributeValues?.[':previous']).toEqual({ M: { at: { N } } });
  expect(sent[1]?.ExpressionAttributeValues?.[':status']).toEqual({ N });
});

it('a number is shown as text where it is too long, and stays a number where it is not', () => {
  expect(JSON.stringify(readItem({ a: { N: long } }))).toBe(`{"a":"${long}"}`);
  expect(readItem({ a: { N: '30' }, b: { N: '0.5' } })).toEqual({ a: 30, b: 0.5 });
});

it('is returned a record only by the writes whose callers read it', async () => {
  const { table, sent } = createRecordedTable();
  const change = { set: { verified_at: 'now' }, remove: [] };
  expect(await table.update('jane', change, { status: 'active' })).toEqual({ written: true });
  await table.updateUnclaimed('jane', change, { status: 'active' });
  expect(sent.map(({ ReturnValues }) => ReturnValues)).toEqual(['NONE', 'ALL_NEW']);
});
