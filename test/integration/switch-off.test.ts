import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
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
