import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fastTimings } from '../../local/local-timings.ts';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { createCredentialRecords } from '../support/credential-records.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';

const username = 'rotating.user';
let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialRecords>;

beforeAll(async () => {
  stack = await startLocalStack({ timings: fastTimings });
  records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
});

afterAll(() => stack?.stop());

/** The current key and its password. */
async function account(record: Record<string, unknown>): Promise<{ user: string; password: string }> {
  const password = await readSmtpPassword(stack, record);
  return { user: String(record['access_key_id']), password };
}

const send = (sender: { user: string; password: string }) =>
  sendTestMail(stack.description, sender, {
    from: 'rotating.user@example.com',
    to: 'success@simulator.amazonses.com',
    subject: 'Rotation',
    security: 'TLS',
  });

test('both passwords work during the grace period, and the old one is refused after it', async () => {
  await records.insert(username, ['rotating.user@example.com'], { rotate_after_days: 10 });
  const before = await records.waitFor(username, (record) => record['verified_at'] !== undefined);
  const old = await account(before);
  await iamPropagated();
  expect(await send(old)).toMatch(/^250 /);

  const rotated = await records.waitFor(username, (record) => record['access_key_id'] !== old.user, 30);
  const fresh = await account(rotated);
  await iamPropagated();
  expect(fresh.password).not.toBe(old.password);
  expect(rotated['previous_key']).toMatchObject({ access_key_id: old.user });
  expect(await Promise.all([send(old), send(fresh)])).toEqual([
    expect.stringMatching(/^250 /),
    expect.stringMatching(/^250 /),
  ]);

  await records.waitFor(username, (record) => {
    const previous = record['previous_key'] as Record<string, unknown> | undefined;
    return previous === undefined || previous['inactive_since'] !== undefined;
  });
  await iamPropagated();
  expect(await send(old)).toMatch(/^535 /);
  expect(await send(fresh)).toMatch(/^250 /);

  // The next rotation is far away, so only one key is left now.
  await records.waitFor(username, (record) => record['previous_key'] === undefined);
  const { AccessKeyMetadata = [] } = await stack.clients.iam.send(
    new ListAccessKeysCommand({ UserName: String(rotated['iam_user_arn']).split('/').at(-1) }),
  );
  expect(AccessKeyMetadata.map((key) => key.AccessKeyId)).not.toContain(old.user);
});
