import { beforeEach, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
let fake: FakeReconciling;

beforeEach(async () => {
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  await run();
  fake.clock.nowMs += 600_000;
});

const run = (isRetry = false) =>
  reconcile({ username, correlationId: `event-${fake.clock.nowMs}`, isRetry }, fake.deps.reconcileDeps);
const item = () => fake.cloud.items.get(username) as Item;
const keys = () =>
  [...fake.cloud.users.values()].flatMap((user) => [...user.keys.values()].map(({ status }) => status));

/** Somebody writes a claim that was made just now. */
function claim(more: Item): void {
  const by = { by: 'somebody', at: new Date(fake.clock.nowMs).toISOString() };
  fake.cloud.items.set(username, { ...item(), claim: by, ...more });
}

it('a claim that is written again and again does not keep a credential on', async () => {
  claim({ status: 'disabled' });
  expect(await run()).toMatchObject({ result: 'busy' });
  expect(keys()).toEqual(['Active']);
  fake.clock.nowMs += 3_000;
  claim({});
  expect(await run(true)).toMatchObject({ result: 'busy' });
  expect(keys()).toEqual(['Inactive']);
  // The record still waits for somebody who may write it.
  expect(item()).toMatchObject({ status: 'disabled', claim: { by: 'somebody' } });
  expect(item()).not.toHaveProperty('disabled_at');
  fake.clock.nowMs += 600_000;
  expect(await run(true)).toMatchObject({ result: 'converged', item: { status: 'disabled' } });
  expect(item()).toHaveProperty('disabled_at');
});

it('a claimed credential that should be on is left alone', async () => {
  claim({ allowed_from_addresses: ['other@example.com'] });
  const users = structuredClone([...fake.cloud.users]);
  expect(await run(true)).toMatchObject({ result: 'busy' });
  expect([...fake.cloud.users]).toEqual(users);
});

it('a failure does not change the result', async () => {
  claim({ status: 'disabled' });
  fake.cloud.fate = (call) => (/Item/.test(call) ? 'works' : 'refused');
  expect(await run(true)).toMatchObject({ result: 'busy' });
});
