import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { detectDrift } from '../drift/detect-drift.ts';
import { isConverged } from '../record/is-converged.ts';
import { isOff } from '../record/is-off.ts';
import { readRecord } from '../record/record.ts';
import type { Outcome, Trigger } from './contract.ts';
import { reconcile } from './reconcile.ts';

const username = 'jane';
let fake: FakeReconciling;
let events: number;

/** A credential that should be disabled, while the IAM user's tags are another table's. */
beforeEach(async () => {
  events = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
  await run();
  fake.clock.nowMs += 86_400_000;
  foreign(true);
  edit({ status: 'disabled' });
  expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'IamUserNotOwned' } });
});

function run(more: Partial<Trigger> = {}): Promise<Outcome> {
  events += 1;
  return reconcile({ username, correlationId: `event-${events}`, ...more }, fake.deps.reconcileDeps);
}

const item = (): Item => fake.cloud.items.get(username) ?? {};
const edit = (attributes: Item) => fake.cloud.items.set(username, { ...item(), ...attributes });
const record = () => readRecord(username, item());
const statuses = () => [...fake.cloud.users.values()].flatMap(({ keys }) => [...keys.values()].map((k) => k.status));
/** Gives the user to another table, or back. */
function foreign(isForeign: boolean): void {
  for (const [name, user] of fake.cloud.users) {
    const tags = user.tags.map((tag) =>
      tag.Key === 'sesame:table' ? { ...tag, Value: tag.Value.replace(/^x?/, isForeign ? 'x' : '') } : tag,
    );
    fake.cloud.users.set(name, { ...user, tags });
  }
}

const find = () =>
  detectDrift(record(), undefined, fake.clock.nowMs, {
    scope: fake.deps.reconcileDeps.settings.scope,
    unreceived: new Set(),
    claimLeaseSeconds: 90,
    propagationSeconds: 300,
    deployment: { region: 'eu-west-1', table: 'mail' },
    permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
    unverifiedSeconds: 3_600,
    staleFailureSeconds: 10_800,
  }).map(({ kind, remedy }) => `${kind}: ${remedy}`);

describe('an unfinished request to disable', () => {
  it('is stored on the record, which is neither off nor converged', () => {
    expect(item()).toMatchObject({ status: 'disabled', failure: { wish: 'disabled', code: 'IamUserNotOwned' } });
    expect(item()['disabled_at']).toBeUndefined();
    expect(isOff(record())).toBe(false);
    expect(isConverged(record(), fake.deps.reconcileDeps.settings.scope)).toBe(false);
  });

  it.each(['active', 'failed', 'Active', undefined])(
    'is carried out as soon as possible, even if the status is %s by then',
    async (status) => {
      edit({ status, rotate_requested: true });
      foreign(false);
      expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
      expect(statuses()).toEqual(['Inactive']);
      expect(item()).toMatchObject({ status: 'disabled', disabled_at: expect.any(String) });
      expect(item()['failure']).toBeUndefined();
      expect(isOff(record())).toBe(true);
    },
  );

  it("is cancelled by an administrator's pending", async () => {
    edit({ status: 'pending' });
    foreign(false);
    expect(await run()).toMatchObject({ result: 'converged' });
    expect(statuses()).toEqual(['Active']);
    expect(item()['status']).toBe('active');
  });

  it('is a drift finding after two minutes, to be repaired, and keeps its start time through all attempts', async () => {
    expect(find()).toEqual([]);
    fake.clock.nowMs += 100_000;
    await run({ isRetry: true });
    expect(find()).toEqual([]);
    fake.clock.nowMs += 30_000;
    expect(find()).toEqual(['not-disabled: repair']);
  });

  it('is reported once, however often it is retried', async () => {
    expect(await run({ isRetry: true })).toMatchObject({ isNews: false });
    expect(item()).toMatchObject({ failure: { attempts: 2 } });
  });
});

it('a failed disabling leaves no disabled_at of an earlier one', async () => {
  foreign(false);
  await run();
  expect(isOff(record())).toBe(true);
  edit({ status: 'pending' });
  // Its key works by now, and that could not be recorded.
  fake.cloud.fate = (call) => (call === 'UpdateAccessKey' ? 'answer lost' : 'works');
  expect(await run()).toMatchObject({ result: 'failed' });
  expect(statuses()).toEqual(['Active']);
  edit({ status: 'disabled' });
  expect(isOff(record())).toBe(false);
  fake.cloud.fate = (call) => (call === 'GetUser' ? 'refused' : 'works');
  expect(await run()).toMatchObject({ result: 'failed' });
  expect(isOff(record())).toBe(false);
  fake.cloud.fate = () => 'works';
  await run();
  expect(statuses()).toEqual(['Inactive']);
});
