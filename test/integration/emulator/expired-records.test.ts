import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { CreateEventSourceMappingCommand, DeleteEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { createTable } from '../../../local/resources/create-table.ts';
import { createCredentialAdministration } from '../../support/credential-administration.ts';
import { iamUsersOf } from '../../support/iam-users-of.ts';
import { localStack } from '../../support/local-stack.ts';
import { recordedCalls } from '../../support/recorded-calls.ts';
import { createTestFunction } from '../../support/test-function.ts';
import { waitUntil } from '../../support/wait-until.ts';

const stack = localStack();
const { description, clients } = stack;
const credentials = createCredentialAdministration(description, clients);
const startedAtMs = Date.now();

const nowSeconds = () => Math.floor(Date.now() / 1000);
const fiveYearsSeconds = 5 * 365 * 24 * 3600;

async function isThere(table: string, key: Record<string, string>): Promise<boolean> {
  const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName: table, Key: marshall(key) }));
  return Item !== undefined;
}

/** The types of the events that were published for a username. */
async function eventsOf(username: string): Promise<string[]> {
  const calls = await recordedCalls(description, clients, 'smtp-credential-manager', startedAtMs);
  return calls
    .flatMap(({ parameters }) => (parameters['Entries'] ?? []) as { DetailType: string; Detail: string }[])
    .filter(({ Detail }) => (JSON.parse(Detail) as { username?: string }).username === username)
    .map(({ DetailType }) => DetailType);
}

describe('an expired credential', () => {
  it('is deleted with its key and its IAM user, and publishes `deleted`', async () => {
    await credentials.create('expired.yes');
    const [UserName = ''] = await iamUsersOf(clients.iam, 'expired.yes');
    const { AccessKeyMetadata } = await clients.iam.send(new ListAccessKeysCommand({ UserName }));
    expect(AccessKeyMetadata).toHaveLength(1);
    await credentials.edit('expired.yes', { expires_at: nowSeconds() - 5 });
    await waitUntil(async () => (await credentials.read('expired.yes')) === undefined);
    await waitUntil(async () => (await iamUsersOf(clients.iam, 'expired.yes')).length === 0);
    await waitUntil(async () => (await eventsOf('expired.yes')).includes('deleted'));
  });

  it('stays until it expires', async () => {
    await credentials.create('expired.no', undefined, { expires_at: nowSeconds() + 3_600 });
    await credentials.insert('expired.probe', ['expired.probe@example.com'], { expires_at: nowSeconds() - 1 });
    await waitUntil(async () => (await credentials.read('expired.probe')) === undefined);
    expect(await credentials.read('expired.no')).toMatchObject({ status: 'active' });
    expect(await iamUsersOf(clients.iam, 'expired.no')).toHaveLength(1);
  });
});

describe('an expired item', () => {
  it('reaches the stream as a REMOVE by DynamoDB itself, and other items stay', async () => {
    const TableName = 'expired-items';
    const { streamArn } = await createTable(clients.dynamodb, TableName);
    const watcher = await createTestFunction(
      stack,
      'expired-items-watcher',
      'for (const record of event.Records) if (record.eventName === "REMOVE") note(record);',
    );
    const { UUID } = await clients.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: watcher.name,
        EventSourceArn: streamArn,
        StartingPosition: 'TRIM_HORIZON',
      }),
    );
    const put = (key: string, expires_at: unknown) =>
      clients.dynamodb.send(
        new PutItemCommand({ TableName, Item: marshall({ PK: 'TEST', SK: key, expires_at, note: 'kept' }) }),
      );
    await put('text', String(nowSeconds() - 60));
    await put('later', nowSeconds() + 600);
    await put('ages ago', nowSeconds() - fiveYearsSeconds - 60);
    const expiry = nowSeconds() - 60;
    await put('expired', expiry);
    await waitUntil(async () => watcher.notes().length > 0);
    expect(watcher.notes()).toEqual([
      expect.objectContaining({
        eventName: 'REMOVE',
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
        dynamodb: expect.objectContaining({
          Keys: { PK: { S: 'TEST' }, SK: { S: 'expired' } },
          OldImage: marshall({ PK: 'TEST', SK: 'expired', expires_at: expiry, note: 'kept' }),
        }),
      }),
    ]);
    for (const key of ['text', 'later', 'ages ago']) {
      expect(await isThere(TableName, { PK: 'TEST', SK: key }), key).toBe(true);
    }
    await clients.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    await watcher.remove();
  });

  it('may be a counter', async () => {
    const key = { PK: 'SMTP_USER#COUNTER', SK: 'USER#expired.counter' };
    const Item = marshall({ ...key, expires_at: nowSeconds() - 1, sends: 3 });
    await clients.dynamodb.send(new PutItemCommand({ TableName: description.table, Item }));
    await waitUntil(async () => !(await isThere(description.table, key)));
  });
});
