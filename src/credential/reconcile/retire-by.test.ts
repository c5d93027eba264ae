import { beforeEach, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
const dayMs = 86_400_000;
let fake: FakeReconciling;
let events: number;

const item = (): Item => fake.cloud.items.get(username) ?? {};
const edit = (attributes: Item) => fake.cloud.items.set(username, { ...item(), ...attributes });
const at = (ms: number) => new Date(ms).toISOString();
const oldKey = () => String((item()['previous_key'] as Item)['access_key_id']);
const statusOf = (accessKeyId: string) => [...fake.cloud.users.values()][0]?.keys.get(accessKeyId)?.status;

function run() {
  events += 1;
  return reconcile({ username, correlationId: `event-${events}` }, fake.deps.reconcileDeps);
}

/** Lets days pass, in each of which somebody uses the old key. */
async function useEachDay(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    fake.clock.nowMs += dayMs;
    fake.cloud.lastUsedMs.set(oldKey(), fake.clock.nowMs - 60_000);
    await run();
  }
}

/** A credential that was rotated a moment ago, and whose new key works. */
beforeEach(async () => {
  events = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  await run();
  fake.clock.nowMs += 40 * dayMs;
  edit({ rotate_requested: true });
  await run();
  edit({ verified_at: at(fake.clock.nowMs) });
});

it('a key that a thief uses each day works on for ever without retire_by', async () => {
  const old = oldKey();
  await useEachDay(100);
  expect(statusOf(old)).toBe('Active');
});

it('retire_by ends it at the latest, also before the grace period is over', async () => {
  const old = oldKey();
  edit({ retire_by: at(fake.clock.nowMs + 3 * dayMs) });
  await useEachDay(2);
  expect(statusOf(old)).toBe('Active');
  fake.clock.nowMs += dayMs;
  fake.cloud.lastUsedMs.set(old, fake.clock.nowMs - 60_000);
  expect(await run()).toMatchObject({ result: 'converged', transition: 'key-retired' });
  expect(statusOf(old)).toBe('Inactive');
  expect(statusOf(String(item()['access_key_id']))).toBe('Active');
  fake.clock.nowMs += 2 * dayMs;
  expect(await run()).toMatchObject({ transition: 'key-deleted' });
});

it('a retire_by from before the rotation was about an earlier one', async () => {
  const old = oldKey();
  edit({ retire_by: at(fake.clock.nowMs - dayMs) });
  await useEachDay(10);
  expect(statusOf(old)).toBe('Active');
});

it('a new key that never logged in keeps the old one, whatever retire_by says', async () => {
  const old = oldKey();
  edit({ verified_at: undefined, retire_by: at(fake.clock.nowMs + 1_000) });
  fake.clock.nowMs += 60_000;
  expect(await run()).toMatchObject({ result: 'converged', transition: undefined });
  expect(statusOf(old)).toBe('Active');
});

it('that is no time fails the record', async () => {
  edit({ retire_by: 'soon' });
  expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'InvalidRetireBy' } });
});
