import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
const attributed = {
  owner: 'billing@example.com',
  labels: { team: 'billing' },
  requested_by: 'arn:aws:iam::123456789012:role/ops',
  requested_at: '2026-11-01T10:00:00Z',
  description: 'Invoices',
};
let fake: FakeReconciling;
let runs: number;

beforeEach(async () => {
  runs = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'], ...attributed });
  await run();
});

const item = (): Item => fake.cloud.items.get(username) ?? {};
const edit = (attributes: Item) => fake.cloud.items.set(username, { ...item(), ...attributes });
const run = () => {
  runs += 1;
  return reconcile({ username, correlationId: `event-${runs}` }, fake.deps.reconcileDeps);
};

describe('the owner of a credential, and who requested it', () => {
  it('stays on the record when Sesame writes to it', async () => {
    expect(item()).toMatchObject({ status: 'active', ...attributed });
    edit({ allowed_from_addresses: ['roe@example.com'] });
    expect(await run()).toMatchObject({ result: 'converged', transition: 'changed' });
    edit({ rotate_requested: true });
    expect(await run()).toMatchObject({ transition: 'rotated' });
    edit({ status: 'disabled' });
    expect(await run()).toMatchObject({ transition: 'disabled' });
    expect(item()).toMatchObject({ status: 'disabled', ...attributed });
  });

  it('changes without an IAM call and without a new digest', async () => {
    const { policy_digest: digest } = item();
    edit({ owner: 'sales', labels: { team: 'sales' }, requested_by: 'jo', requested_at: '2026-11-02T10:00:00Z' });
    fake.cloud.calls.length = 0;
    expect(await run()).toMatchObject({ result: 'converged', transition: undefined });
    expect(new Set(fake.cloud.calls)).toEqual(new Set(['UpdateItem claim', 'UpdateItem write']));
    expect(item()).toMatchObject({ policy_digest: digest, owner: 'sales', labels: { team: 'sales' } });
  });

  it('is not lost when it is edited while Sesame works', async () => {
    edit({ allowed_from_addresses: ['roe@example.com'] });
    fake.cloud.fate = (call) => {
      if (call === 'PutUserPolicy') edit({ owner: 'sales' });
      return 'works';
    };
    expect(await run()).toMatchObject({ result: 'converged', transition: 'changed', item: { owner: 'sales' } });
    expect(item()).toMatchObject({ owner: 'sales' });
  });

  it('fails the record if invalid, except for requested_by', async () => {
    edit({ labels: { team: 7 } });
    expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'InvalidLabels' } });
    edit({ labels: {}, requested_by: 7, requested_at: 'yesterday' });
    expect(await run()).toMatchObject({ result: 'converged' });
    expect(item()).toMatchObject({ status: 'active', requested_by: 7 });
    expect(item()['warning']).toMatchObject([
      { code: 'InvalidRequestedBy', text: expect.stringContaining('requested_by: 7 is not text') },
      { code: 'InvalidRequestedAt' },
    ]);
  });
});

it('a sandbox has its own policy, which is replaced when the sandbox ends', async () => {
  const before = item()['policy_digest'];
  edit({ sandbox: true });
  expect(await run()).toMatchObject({ transition: 'changed' });
  const [user] = fake.cloud.users.values();
  expect(JSON.stringify([...(user === undefined ? [] : Object.values(user))])).toContain('simulator.amazonses.com');
  expect(item()['policy_digest']).not.toBe(before);
  edit({ sandbox: false });
  expect(await run()).toMatchObject({ transition: 'changed' });
  expect(item()['policy_digest']).toBe(before);
});
