import { expect, it } from 'vitest';
import { createFakeReconciling } from '../../../test/support/fake-reconciling.ts';
import { createCredentialLimit } from './credential-limit.ts';
import { reconcile } from './reconcile.ts';

function setUp(most: number) {
  const { cloud, clock, deps } = createFakeReconciling();
  let counts = 0;
  const count = () => {
    counts += 1;
    return Promise.resolve([...cloud.items.values()].filter((item) => item['iam_user_arn'] !== undefined).length);
  };
  const limit = createCredentialLimit(most, { count, now: () => clock.nowMs });
  const insert = (username: string) =>
    cloud.items.set(username, { status: 'pending', allowed_from_addresses: [`${username}@example.com`] });
  const run = (username: string) =>
    reconcile({ username, correlationId: `${username}-${clock.nowMs}` }, { ...deps.reconcileDeps, limit });
  return { cloud, clock, insert, run, counts: () => counts };
}

it('creates as many credentials as allowed, also at once, and counts them once a minute', async () => {
  const { cloud, insert, run, counts } = setUp(3);
  const usernames = Array.from({ length: 8 }, (_, index) => `user-${index}`);
  for (const username of usernames) insert(username);
  const outcomes = await Promise.all(usernames.map(run));
  expect(outcomes.filter(({ result }) => result === 'converged')).toHaveLength(3);
  expect(outcomes.filter(({ result }) => result === 'invalid')).toHaveLength(5);
  expect(cloud.users.size).toBe(3);
  expect(counts()).toBe(1);
  const failed = [...cloud.items.values()].find((item) => item['status'] === 'failed');
  expect(failed).toMatchObject({
    failure: { code: 'TooManyCredentials', permanent: true, message: expect.stringContaining('max_credentials is 3') },
  });
});

it('holds for new credentials only', async () => {
  const { cloud, clock, insert, run } = setUp(1);
  insert('jane');
  await run('jane');
  clock.nowMs += 61_000;
  const edit = (attributes: object) => cloud.items.set('jane', { ...cloud.items.get('jane'), ...attributes });
  edit({ allowed_from_addresses: ['other@example.com'] });
  expect(await run('jane')).toMatchObject({ result: 'converged', transition: 'changed' });
  edit({ status: 'disabled' });
  expect(await run('jane')).toMatchObject({ transition: 'disabled' });
  edit({ status: 'pending' });
  expect(await run('jane')).toMatchObject({ transition: 'enabled' });
  edit({ rotate_requested: true });
  expect(await run('jane')).toMatchObject({ transition: 'rotated' });
  // One that should be off needs no place either.
  cloud.items.set('kim', { status: 'disabled', allowed_from_addresses: ['kim@example.com'] });
  expect(await run('kim')).toMatchObject({ result: 'converged' });
});

it('has a place again when a credential is gone, and an administrator tries once more', async () => {
  const { cloud, clock, insert, run } = setUp(1);
  insert('jane');
  insert('kim');
  await run('jane');
  expect(await run('kim')).toMatchObject({ result: 'invalid' });
  cloud.items.delete('jane');
  await run('jane');
  clock.nowMs += 61_000;
  insert('kim');
  expect(await run('kim')).toMatchObject({ result: 'converged', transition: 'activated' });
});

it('fails retryably, and counts again, if the table cannot be counted', async () => {
  let isBroken = true;
  const limit = createCredentialLimit(5, {
    count: () => (isBroken ? Promise.reject(new Error('no table')) : Promise.resolve(4)),
    now: () => 0,
  });
  await expect(limit.take()).rejects.toThrow('no table');
  isBroken = false;
  expect(await limit.take()).toBe(true);
  expect(await limit.take()).toBe(false);
});
