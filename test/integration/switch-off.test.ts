import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, expect, inject, it } from 'vitest';
import { keyOfUsername } from '../../src/credential/credential-key.ts';
import { createCredentialRecords } from '../../src/local/credential-records.ts';
import { createLocalClients } from '../../src/local/local-clients.ts';
import { waitUntil } from '../support/wait-until.ts';

const description = inject('localStack');
const clients = createLocalClients(description);
const records = createCredentialRecords(clients.dynamodb, description.table);

/** Sets attributes of a record, as by hand. */
async function set(username: string, attributes: Record<string, unknown>): Promise<void> {
  const names = Object.keys(attributes);
  await clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: description.table,
      Key: marshall(keyOfUsername(username)),
      UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
      ExpressionAttributeValues: marshall(
        Object.fromEntries(Object.values(attributes).map((value, index) => [`:v${index}`, value])),
      ),
    }),
  );
}

async function statuses(username: string): Promise<(string | undefined)[]> {
  const record = await records.read(username);
  const UserName = String(record?.['iam_user_arn']).split('/').at(-1);
  const { AccessKeyMetadata = [] } = await clients.iam.send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.map(({ Status }) => Status);
}

async function make(username: string): Promise<void> {
  await records.insert(username, [`${username}@example.com`]);
  await records.waitFor(username, ({ status }) => status === 'active');
}

const isOff = ({ status, disabled_at }: Record<string, unknown>) => status === 'disabled' && disabled_at !== undefined;

beforeAll(() => make('off.full'));

it('a record that is full is disabled all the same', async () => {
  // As much as DynamoDB takes, some bytes less than what a claim needs.
  let size = 409_000;
  for (let isFilled = false; !isFilled; size -= 20) {
    isFilled = await set('off.full', { description: 'x'.repeat(size) }).then(
      () => true,
      () => false,
    );
  }
  await set('off.full', { description: 'x'.repeat(size - 20), status: 'disabled' });
  await records.waitFor('off.full', isOff);
  expect(await statuses('off.full')).toEqual(['Inactive']);
});

it('a claim from the future holds nobody up', async () => {
  await make('off.future');
  await set('off.future', { claim: { by: 'me', at: '2099-01-01T00:00:00.000Z' } });
  await set('off.future', { status: 'disabled' });
  await records.waitFor('off.future', isOff);
  expect(await statuses('off.future')).toEqual(['Inactive']);
});

it('however fast edits rain, the last one is in force within seconds', async () => {
  await make('off.rain');
  for (let edit = 0; edit <= 100; edit += 1) {
    await set('off.rain', { status: edit % 2 === 0 ? 'disabled' : 'pending' });
  }
  const endedAt = Date.now();
  await waitUntil(async () => isOff((await records.read('off.rain')) ?? {}), 30);
  await waitUntil(async () => (await statuses('off.rain')).join() === 'Inactive', 30);
  expect(Date.now() - endedAt).toBeLessThan(30_000);
});
