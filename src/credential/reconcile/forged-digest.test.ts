import { beforeEach, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { readDesiredState } from '../record/desired-state.ts';
import { readRecord } from '../record/record.ts';
import { reconcile } from './reconcile.ts';
import { triggerOfChange } from './triggers.ts';

const username = 'jane';
let fake: FakeReconciling;
let events = 0;

beforeEach(async () => {
  fake = createFakeReconciling();
  await write({ status: 'pending', allowed_from_addresses: ['*@example.com'] });
});

const item = () => fake.cloud.items.get(username) as Item;
const policy = () => [...fake.cloud.users.values()][0]?.policy?.document ?? '';

/** Writes the item, and reconciles it if the stream's reader takes the write for somebody else's. */
async function write(changes: Item, remove: readonly string[] = []): Promise<boolean> {
  const before = fake.cloud.items.get(username);
  const after = Object.fromEntries(
    Object.entries({ ...before, ...changes }).filter(([name]) => !remove.includes(name)),
  );
  fake.cloud.items.set(username, after);
  const trigger = triggerOfChange(username, before, after);
  if (trigger === undefined) return false;
  await reconcile({ ...trigger, correlationId: `event-${events++}` }, fake.deps.reconcileDeps);
  return true;
}

it('an edit is carried out although somebody has stored its digest before, under the signature of a claim holder', async () => {
  const narrow = { allowed_from_addresses: ['jane@example.com'] };
  const { scope } = fake.deps.reconcileDeps.settings;
  const { policyDigest } = readDesiredState(readRecord(username, { ...item(), ...narrow }), scope);
  expect(await write({ claim: { by: 'forged', at: new Date(fake.clock.nowMs).toISOString() } })).toBe(false);
  expect(await write({ policy_digest: policyDigest, updated_by: 'forged' }, ['claim'])).toBe(false);
  expect(policy()).toContain('*@example.com');
  await write(narrow);
  expect(policy()).toContain('jane@example.com');
  expect(policy()).not.toContain('*@example.com');
  expect(item()).toMatchObject({ status: 'active', policy_digest: policyDigest });
});

it('an edit that is not about the policy makes no call of IAM', async () => {
  const callsOfIam = () => fake.cloud.calls.filter((call) => !/Item/.test(call));
  const before = callsOfIam();
  expect(before).toContain('CreateUser');
  expect(await write({ rotate_after_days: 30 })).toBe(true);
  expect(callsOfIam()).toEqual(before);
});
