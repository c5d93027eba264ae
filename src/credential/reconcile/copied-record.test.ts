import { beforeEach, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { reconcile } from './reconcile.ts';

/** If somebody copied an item under another username, it names the first one's IAM user and keys. */

let fake: FakeReconciling;
const record = (username: string) => fake.cloud.items.get(username) as Item;
const run = (username: string) =>
  reconcile({ username, correlationId: `event of ${username}` }, fake.deps.reconcileDeps);

beforeEach(async () => {
  fake = createFakeReconciling();
  fake.cloud.put('vic', { status: 'pending', allowed_from_addresses: ['vic@example.com'] });
  await run('vic');
  fake.clock.nowMs += 3_600_000;
});

const copied = [
  'iam_user_arn',
  'access_key_id',
  'encrypted_password',
  'key_created_at',
  'policy_digest',
  'verified_at',
  'previous_key',
];

it('does not count another credential’s key as off: it removes the key from the record and warns', async () => {
  const previous_key = { access_key_id: 'AKIAOLD', encrypted_password: 'old' };
  fake.cloud.put('cpy', {
    ...record('vic'),
    status: 'disabled',
    verified_at: '2026-01-01T00:00:00.000Z',
    previous_key,
  });
  expect(await run('cpy')).toMatchObject({ result: 'converged', transition: undefined });
  expect(record('cpy')).toMatchObject({
    status: 'disabled',
    disabled_at: expect.any(String),
    warning: [{ code: 'CopiedRecord', text: expect.stringContaining(String(record('vic')['iam_user_arn'])) }],
  });
  expect(Object.keys(record('cpy')).filter((name) => copied.includes(name))).toEqual([]);
  const [user] = fake.cloud.users.values();
  expect([...(user?.keys.values() ?? [])]).toMatchObject([{ status: 'Active' }]);
});

it('gets its own user when it should be on', async () => {
  fake.cloud.put('cpy', { ...record('vic'), status: 'pending' });
  expect(await run('cpy')).toMatchObject({ result: 'converged', transition: 'activated' });
  expect(record('cpy')['access_key_id']).not.toBe(record('vic')['access_key_id']);
  expect(record('cpy')['warning']).toMatchObject([
    { code: 'CopiedRecord', text: expect.stringContaining('the IAM user of another credential') },
  ]);
  expect(fake.cloud.users.size).toBe(2);
});

it('is enabled afterwards with its own user, and without the warning', async () => {
  fake.cloud.put('cpy', { ...record('vic'), status: 'disabled' });
  await run('cpy');
  fake.cloud.put('cpy', { ...record('cpy'), status: 'pending' });
  expect(await run('cpy')).toMatchObject({ result: 'converged' });
  expect(record('cpy')).toMatchObject({ status: 'active', access_key_id: expect.any(String) });
  expect(record('cpy')).not.toHaveProperty('warning');
});
