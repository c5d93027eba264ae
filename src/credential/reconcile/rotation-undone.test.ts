import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { readRecord } from '../record/record.ts';
import { rotationPhase, rotationTimes } from '../record/rotation.ts';
import type { Outcome } from './contract.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
const dayMs = 86_400_000;
let fake: FakeReconciling;
let events: number;
let firstKeyAt: string;

/** A credential whose first key is 40 days old, and whose second key was created two days ago and never logged in. */
beforeEach(async () => {
  events = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, {
    status: 'pending',
    allowed_from_addresses: ['jane@example.com'],
    rotate_after_days: 90,
  });
  await run();
  firstKeyAt = new Date(fake.clock.nowMs).toISOString();
  fake.clock.nowMs += 40 * dayMs;
  edit({ rotate_requested: true });
  await run();
  fake.clock.nowMs += 2 * dayMs;
});

function run(): Promise<Outcome> {
  events += 1;
  return reconcile({ username, correlationId: `event-${events}` }, fake.deps.reconcileDeps);
}

const item = (): Item => fake.cloud.items.get(username) ?? {};
const edit = (attributes: Item) => fake.cloud.items.set(username, { ...item(), ...attributes });
const keys = () => {
  const [user] = fake.cloud.users.values();
  return user?.keys ?? new Map<string, { status: string }>();
};
const newKey = () => String(item()['access_key_id']);
const oldKey = () => String((item()['previous_key'] as Item)['access_key_id']);

describe('a new key that never logged in', () => {
  it('is deleted, and the old one becomes the current key again with its own age', async () => {
    const old = oldKey();
    expect(await run()).toMatchObject({ result: 'converged', transition: 'rotation-undone' });
    expect([...keys().keys()]).toEqual([old]);
    expect(item()).toMatchObject({ access_key_id: old, key_created_at: firstKeyAt });
    expect(item()['previous_key']).toBeUndefined();
  });

  it('stays if somebody uses it, because that proves the password', async () => {
    const [used, old] = [newKey(), oldKey()];
    fake.cloud.lastUsedMs.set(used, fake.clock.nowMs - 60_000);
    expect(await run()).toMatchObject({ result: 'converged', transition: undefined });
    expect([...keys().keys()]).toEqual([old, used]);
    expect(item()).toMatchObject({
      access_key_id: used,
      verified_at: new Date(fake.clock.nowMs - 60_000).toISOString(),
    });
    // The rotation continues as after a login.
    fake.clock.nowMs += 8 * dayMs;
    expect(await run()).toMatchObject({ transition: 'key-retired' });
  });

  it('has its last use read, not the old one’s', async () => {
    const old = oldKey();
    fake.cloud.lastUsedMs.set(old, fake.clock.nowMs - 60_000);
    expect(await run()).toMatchObject({ transition: 'rotation-undone' });
    expect([...keys().keys()]).toEqual([old]);
  });

  it('is rotated again after a grace period, according to the old key’s age', async () => {
    await run();
    const undoneAtMs = fake.clock.nowMs;
    const phaseAt = (ms: number) => rotationPhase(readRecord(username, item()), ms, rotationTimes());
    expect(phaseAt(undoneAtMs + 6 * dayMs)).toBe('none');
    // 90 days after the first key was created.
    expect(phaseAt(Date.parse(firstKeyAt) + 90 * dayMs)).toBe('rotate');
  });
});

it('a record that an earlier version rotated gets the age of the record back', async () => {
  const { created_at: _, ...previous } = item()['previous_key'] as Item;
  edit({ previous_key: previous });
  await run();
  expect(readRecord(username, item()).keyCreatedAtMs).toBe(Date.parse(String(item()['created_at'])));
});

describe('a new key that somebody deleted by hand during the grace period', () => {
  it('before it logged in restores the old password', async () => {
    const old = oldKey();
    keys().delete(newKey());
    edit({ rotation_announced_at: 'x', status: 'pending' });
    expect(await run()).toMatchObject({ transition: 'rotation-undone' });
    expect(item()['access_key_id']).toBe(old);
    expect([...keys().keys()]).toEqual([old]);
  });

  it('after it logged in is replaced, and the old one keeps working', async () => {
    const old = oldKey();
    edit({ verified_at: new Date(fake.clock.nowMs).toISOString(), status: 'pending' });
    keys().delete(newKey());
    expect(await run()).toMatchObject({ transition: 'recreated' });
    expect([...keys().keys()]).toEqual([old, newKey()]);
    expect(oldKey()).toBe(old);
    expect([...keys().values()].map(({ status }) => status)).toEqual(['Active', 'Active']);
  });
});
