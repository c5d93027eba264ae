import { beforeEach, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import { iamUserNameOfArn } from '../record/record.ts';
import { reconcile } from './reconcile.ts';

const loginProfile = 'Cannot delete entity, must delete login profile first.';
const username = 'jane';
let fake: FakeReconciling;

beforeEach(() => {
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
});

const run = (superseded?: string) =>
  reconcile(
    { username, correlationId: 'event', ...(superseded === undefined ? {} : { supersededIamUserName: superseded }) },
    fake.deps.reconcileDeps,
  );

const failure = () => fake.cloud.items.get(username)?.['failure'] as { message: string };

/** Somebody gives a user a console password as soon as it exists. */
function attachAtOnce(): void {
  fake.cloud.fate = (call) => {
    for (const user of fake.cloud.users.values()) user.deleteConflict = loginProfile;
    return call === 'PutUserPolicy' ? 'refused' : 'works';
  };
}

it('says why the IAM user of a deleted record cannot be deleted, and deletes its keys immediately', async () => {
  await run();
  const [user] = fake.cloud.users.values();
  if (user === undefined) throw new Error('There is no user.');
  user.deleteConflict = loginProfile;
  fake.cloud.items.delete(username);
  const error = await run(iamUserNameOfArn(user.arn)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'IamUserLeftOver',
    kind: 'retryable',
    message: expect.stringContaining(loginProfile),
    cause: { code: 'DeleteConflictException' },
  });
  expect(user.keys.size).toBe(0);
});

it('says why an unfinished user could not be undone, besides the original failure, and keeps its name', async () => {
  attachAtOnce();
  const outcome = await run();
  expect(outcome).toMatchObject({ result: 'failed', error: { code: 'ThrottlingException' } });
  expect(failure().message).toContain('PutUserPolicy was throttled.');
  expect(failure().message).toContain(loginProfile);
  const [user] = fake.cloud.users.values();
  expect(fake.cloud.items.get(username)?.['claim']).toMatchObject({ iam_user_name: iamUserNameOfArn(user?.arn ?? '') });
});

it('fails if the record was deleted and its user cannot be deleted, instead of silently leaving it', async () => {
  fake.cloud.fate = (call) => {
    for (const user of fake.cloud.users.values()) user.deleteConflict = loginProfile;
    if (call === 'UpdateItem write') fake.cloud.items.delete(username);
    return 'works';
  };
  await expect(run()).rejects.toMatchObject({
    code: 'IamUserLeftOver',
    message: expect.stringContaining(loginProfile),
  });
});

it('names the key that remains of a rotation when another function has claimed the record', async () => {
  await run();
  fake.cloud.items.set(username, { ...fake.cloud.items.get(username), rotate_requested: true });
  fake.cloud.fate = (call) => {
    if (call === 'UpdateItem write') {
      const claim = { by: 'another', at: new Date(fake.clock.nowMs).toISOString() };
      fake.cloud.items.set(username, { ...fake.cloud.items.get(username), claim });
    }
    return call === 'DeleteAccessKey' ? 'refused' : 'works';
  };
  await expect(run()).rejects.toMatchObject({
    code: 'AccessKeyLeftOver',
    kind: 'retryable',
    message: expect.stringMatching(/AKIA0*2 .*DeleteAccessKey was throttled/),
  });
});

it('shows only the name of a foreign error', async () => {
  await run();
  const [user] = fake.cloud.users.values();
  fake.cloud.items.delete(username);
  fake.deps.reconcileDeps.iamUsers.deleteUser = () => Promise.reject(new TypeError('something secret'));
  const error = await run(iamUserNameOfArn(user?.arn ?? '')).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: expect.stringContaining('TypeError'), cause: expect.any(TypeError) });
  expect(String(error)).not.toContain('secret');
  expect(String(error)).toContain('Sesame tries it again automatically.');
});
