import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, expect, inject, it } from 'vitest';
import { createLocalClients } from '../../local/local-clients.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { waitUntil } from '../support/wait-until.ts';

const description = inject('localStack');
const clients = createLocalClients(description);
const credentials = createCredentialAdministration(description, clients);

async function statuses(username: string): Promise<(string | undefined)[]> {
  const record = await credentials.read(username);
  const UserName = String(record?.['iam_user_arn']).split('/').at(-1);
  const { AccessKeyMetadata = [] } = await clients.iam.send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.map(({ Status }) => Status);
}

const isOff = ({ status, disabled_at }: Record<string, unknown>) => status === 'disabled' && disabled_at !== undefined;

beforeAll(() => credentials.create('off.full'));

it('a full record can be disabled', async () => {
  // Filled up to DynamoDB's limit, except for fewer bytes than a claim needs.
  let size = 409_000;
  for (let isFilled = false; !isFilled; size -= 20) {
    isFilled = await credentials.edit('off.full', { description: 'x'.repeat(size) }).then(
      () => true,
      () => false,
    );
  }
  await credentials.edit('off.full', { description: 'x'.repeat(size - 20), status: 'disabled' });
  await credentials.waitFor('off.full', isOff);
  expect(await statuses('off.full')).toEqual(['Inactive']);
});

/** Writes the item with `notes` of such a length that about 60 bytes are free, as the table counts them. */
async function fill(item: Record<string, unknown>): Promise<void> {
  const put = (all: Record<string, unknown>) =>
    clients.dynamodb.send(new PutItemCommand({ TableName: description.table, Item: marshall(all) }));
  // Tried under a key of the same length, which no function looks at.
  const fits = (notes: string) =>
    put({ ...item, PK: 'SMTP_TEST', notes }).then(
      () => true,
      () => false,
    );
  let size = 409_600;
  while (!(await fits('x'.repeat(size + 60)))) size -= 5;
  await put({ ...item, notes: 'x'.repeat(size) });
}

it('a record with 60 free bytes and nothing that Sesame may remove becomes failed, with the code', async () => {
  const PK = 'SMTP_USER';
  await fill({ PK, SK: 'USER#off.fresh', status: 'pending', allowed_from_addresses: ['off.fresh@example.com'] });
  const { failure } = await credentials.waitFor('off.fresh', ({ status }) => status === 'failed');
  expect(failure).toEqual({ code: 'RecordTooLarge', permanent: true });
});

it('a record with 60 free bytes that is disabled gets disabled_at', async () => {
  const { last_transition: _, description: __, ...item } = await credentials.create('off.nearly');
  await fill({ ...item, status: 'disabled' });
  await credentials.waitFor('off.nearly', isOff);
  expect(await statuses('off.nearly')).toEqual(['Inactive']);
});

it('a claim from the future blocks nothing', async () => {
  await credentials.create('off.future');
  await credentials.edit('off.future', { claim: { by: 'me', at: '2099-01-01T00:00:00.000Z' } });
  await credentials.edit('off.future', { status: 'disabled' });
  await credentials.waitFor('off.future', isOff);
  expect(await statuses('off.future')).toEqual(['Inactive']);
});

it('however fast edits follow each other, the last one is applied within seconds', async () => {
  await credentials.create('off.rain');
  for (let edit = 0; edit <= 100; edit += 1) {
    await credentials.edit('off.rain', { status: edit % 2 === 0 ? 'disabled' : 'pending' });
  }
  const endedAt = Date.now();
  await waitUntil(async () => isOff((await credentials.read('off.rain')) ?? {}), 30);
  await waitUntil(async () => (await statuses('off.rain')).join() === 'Inactive', 30);
  expect(Date.now() - endedAt).toBeLessThan(30_000);
});
