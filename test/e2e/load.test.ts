import { expect, it } from 'vitest';
import { runProvisioningLoad } from '../../bench/support/provisioning-load.ts';
import { createLocalClients } from '../../local/local-clients.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { testIamLag } from '../support/iam-lag.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { localStack } from '../support/local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** `npm run bench:provisioning-load` does the same with 1,000 records. */
it('provisions 100 records at once when IAM accepts 20 calls a second', { timeout: 180_000 }, async () => {
  const result = await runProvisioningLoad(100, 90);
  console.log(JSON.stringify(result));
  expect(result).toMatchObject({ active: 100, disabled: 20, changed: 20, orphans: 0, messagesLeft: 0 });
  expect(result.share).toBeGreaterThan(0.8);
});

it('does so, but slower, when IAM lags', { timeout: 180_000 }, async () => {
  const result = await runProvisioningLoad(100, 150, testIamLag());
  console.log(JSON.stringify(result));
  expect(result).toMatchObject({ active: 100, disabled: 20, changed: 20, orphans: 0, messagesLeft: 0 });
});

it('ends in the last state after 50 edits of one record by 5 clients at once', { timeout: 120_000 }, async () => {
  const { description, clients } = localStack();
  const records = createCredentialRecords(clients.dynamodb, description.table);
  const username = 'edited-by-many';
  await records.insert(username, ['john@example.com']);
  const edit = async (client: number) => {
    const own = createLocalClients(description);
    const ownRecords = createCredentialRecords(own.dynamodb, description.table);
    for (let at = 0; at < 10; at += 1) {
      const kind = (client + at) % 3;
      if (kind === 0) await ownRecords.insert(username, [`client-${client}-${at}@example.com`]);
      else await ownRecords.setStatus(username, kind === 1 ? 'disabled' : 'pending');
    }
    own.destroy();
  };
  await Promise.all([0, 1, 2, 3, 4].map(edit));
  await records.insert(username, ['last@example.com']);
  const isConverged = async () => {
    const record = await records.read(username);
    const users = await iamUsersOf(clients.iam, username);
    return (
      record?.['status'] === 'active' &&
      record['claim'] === undefined &&
      users.length === 1 &&
      String(record['iam_user_arn']).endsWith(`/${users[0]}`)
    );
  };
  await waitUntil(isConverged, 90);
  expect((await records.read(username))?.['allowed_from_addresses']).toEqual(['last@example.com']);
});
