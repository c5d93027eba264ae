import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { runSweep } from '../support/run-sweep.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';

let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialAdministration>;

beforeAll(async () => {
  stack = await startLocalStack({ maxCredentials: 3 });
  records = createCredentialAdministration(stack.description, stack.clients);
}, 60_000);
afterAll(() => stack?.stop());

it('a deployment makes no more credentials than max_credentials, also if all are inserted at once', async () => {
  const usernames = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `limit.${letter}`);
  await Promise.all(usernames.map((username) => records.insert(username, [`${username}@example.com`])));
  const settled = await Promise.all(
    usernames.map((username) => records.waitFor(username, ({ status }) => status !== 'pending')),
  );
  const named = (wanted: string) => usernames.filter((_, index) => settled[index]?.['status'] === wanted);
  const failed = named('failed');
  expect([named('active').length, failed.length]).toEqual([3, 3]);
  const [first = ''] = failed;
  expect(await records.read(first)).toMatchObject({ failure: { code: 'TooManyCredentials', permanent: true } });
  for (const username of failed) expect(await iamUsersOf(stack.clients.iam, username)).toEqual([]);
  // A sweep does not try them again, and an administrator's attempt fails as well.
  await runSweep(stack);
  await records.setStatus(first, 'pending');
  await records.waitForStatus(first, 'failed');
  expect(await iamUsersOf(stack.clients.iam, first)).toEqual([]);
}, 60_000);
