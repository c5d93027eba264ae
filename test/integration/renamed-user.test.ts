import { GetUserCommand, ListPoliciesCommand, ListUsersCommand, UpdateUserCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendTestMail } from '../../local/send-test-mail.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated, testIamLag } from '../support/iam-lag.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { runSweep } from '../support/run-sweep.ts';
import { type OwnLocalStack, startLocalStack, TEST_PROPAGATION_SECONDS } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** IAM users that somebody renamed: they keep keys, policies and tags, so their passwords work. */

type Item = Record<string, unknown>;

let stack: OwnLocalStack;
let admin: ReturnType<typeof createCredentialAdministration>;
const longList = Array.from({ length: 60 }, (_, index) => `long-of-a-rather-long-name-${100 + index}@example.com`);
const records = new Map<string, Item>();

beforeAll(async () => {
  stack = await startLocalStack({ iamLag: testIamLag(), timings: { settleSeconds: 1, verificationDelaySeconds: 0 } });
  admin = createCredentialAdministration(stack.description, stack.clients);
  await Promise.all(['swept', 'off', 'gone'].map((username) => admin.create(username)));
  await admin.create('long', longList);
  for (const username of ['swept', 'off', 'gone', 'long']) {
    records.set(username, await admin.waitFor(username, ({ verified_at }) => verified_at !== undefined, 30));
  }
  // Of what is young nothing is concluded.
  await new Promise((resolve) => setTimeout(resolve, (TEST_PROPAGATION_SECONDS + 1) * 1000));
  for (const username of records.keys()) {
    await stack.clients.iam.send(
      new UpdateUserCommand({ UserName: nameOf(username), NewUserName: `tidy-${username}` }),
    );
  }
});

afterAll(() => stack?.stop());

const nameOf = (username: string) => String(records.get(username)?.['iam_user_arn']).split('/').at(-1) ?? '';

async function send(username: string, from = `${username}@example.com`): Promise<string> {
  const record = records.get(username) ?? {};
  const password = await readSmtpPassword(stack, record, stack.description.table);
  await iamPropagated();
  const user = String(record['access_key_id']);
  const mail = { from, to: 'success@simulator.amazonses.com', security: 'TLS', subject: 'Renamed' } as const;
  return sendTestMail(stack.description, { user, password }, mail);
}

it('send on', async () => {
  expect(await send('swept')).toMatch(/^250 /);
});

it('are off when their records are disabled', async () => {
  await admin.edit('off', { status: 'disabled' });
  await admin.waitFor('off', ({ disabled_at }) => disabled_at !== undefined, 60);
  expect(await send('off')).toMatch(/^535 /);
});

it('go with their records, and their managed policies too', async () => {
  for (const username of ['gone', 'long']) await admin.remove(username);
  await waitUntil(async () => {
    const { Users = [] } = await stack.clients.iam.send(new ListUsersCommand({ PathPrefix: '/ses-smtp/' }));
    return Users.every(({ UserName }) => !/gone|long/.test(UserName ?? ''));
  }, 60);
  expect(await send('gone')).toMatch(/^535 /);
  const { Policies } = await stack.clients.iam.send(
    new ListPoliciesCommand({ Scope: 'Local', PathPrefix: '/ses-smtp/' }),
  );
  expect(Policies).toEqual([]);
});

it('get their names back by a sweep, with the same password', async () => {
  await waitUntil(async () => {
    await runSweep(stack);
    return stack.clients.iam.send(new GetUserCommand({ UserName: nameOf('swept') })).then(
      () => true,
      () => false,
    );
  }, 60);
  expect(await admin.read('swept')).toMatchObject({ access_key_id: records.get('swept')?.['access_key_id'] });
  expect(await send('swept')).toMatch(/^250 /);
});
