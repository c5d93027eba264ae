import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../credential-table.ts';
import { buildIamUserName, buildIamUserTags } from '../iam/iam-user-name.ts';
import type { Outcome, Trigger } from '../reconcile/contract.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { triggerOfChange } from '../reconcile/triggers.ts';
import { isConverged } from './is-converged.ts';
import { readRecord } from './record.ts';

const username = 'jane';
let fake: FakeReconciling;
let events: number;

beforeEach(() => {
  events = 0;
  fake = createFakeReconciling();
  fake.cloud.items.set(username, { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
});

function run(more: Partial<Trigger> = {}): Promise<Outcome> {
  events += 1;
  return reconcile({ username, correlationId: `event-${events}`, ...more }, fake.deps.reconcileDeps);
}

const item = (): Item & { failure?: Item } => fake.cloud.items.get(username) ?? {};
const edit = (attributes: Item) => fake.cloud.items.set(username, { ...item(), ...attributes });
/** Leaves room in the table for this many more characters than the item has. */
const leaveRoom = (room: number) => {
  fake.cloud.itemLimit = JSON.stringify(item()).length + room;
};
const statuses = () => [...fake.cloud.users.values()].flatMap(({ keys }) => [...keys.values()].map((k) => k.status));

describe('a full record that is disabled', () => {
  it.each([0, 20])('is switched off with room for %i characters, and says what was removed for it', async (room) => {
    await run();
    edit({ description: 'x'.repeat(5_000), status: 'disabled' });
    const { last_transition: _, ...bare } = item();
    fake.cloud.items.set(username, bare);
    leaveRoom(room);
    fake.cloud.calls.length = 0;
    expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
    // The manager's role has no such permission.
    expect(fake.cloud.calls).not.toContain('GetItem');
    expect(statuses()).toEqual(['Inactive']);
    expect(item()).toMatchObject({ status: 'disabled', disabled_at: expect.any(String) });
    expect(item()['description']).toBeUndefined();
    expect(item()['warning']).toEqual([
      { code: 'DescriptionRemoved', text: expect.stringContaining('description was removed') },
    ]);
  });

  it('reports once that its kept name is another owner’s', async () => {
    const name = buildIamUserName(username, fake.clock.nowMs - 86_400_000);
    fake.cloud.users.set(name, { arn: `${fake.cloud.userArnPrefix}${name}`, tags: [], keys: new Map() });
    const at = new Date(fake.clock.nowMs - 86_400_000).toISOString();
    edit({ status: 'disabled', description: 'x'.repeat(5_000), claim: { iam_user_name: name, at } });
    leaveRoom(0);
    expect(await run()).toMatchObject({ result: 'invalid', isNews: true });
    expect(item()).toMatchObject({ failure: { code: 'RecordTooLarge', wish: 'disabled' } });
    leaveRoom(0);
    const before = item();
    expect(await run()).toMatchObject({ result: 'invalid', isNews: false });
    expect(item()).toEqual(before);
  });

  it('keeps the name of an unfinished user, which nothing else names', async () => {
    const name = buildIamUserName(username, fake.clock.nowMs - 86_400_000);
    fake.cloud.users.set(name, {
      arn: `${fake.cloud.userArnPrefix}${name}`,
      tags: buildIamUserTags({ region: 'eu-west-1', table: 'mail', username }),
      keys: new Map([['AKIALEFTOVER', { status: 'Active', secret: 'unknown' }]]),
    });
    const at = new Date(fake.clock.nowMs - 86_400_000).toISOString();
    edit({ status: 'disabled', description: 'x'.repeat(5_000), claim: { iam_user_name: name, at } });
    leaveRoom(0);
    expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
    expect(statuses()).toEqual(['Inactive']);
    expect(item()).toMatchObject({ disabled_at: expect.any(String), claim: { iam_user_name: name } });
  });

  it('loses Sesame’s own notes before the description', async () => {
    await run();
    edit({ description: 'x'.repeat(5_000), status: 'disabled', repaired: { reason: 'y'.repeat(300) } });
    leaveRoom(0);
    expect(await run()).toMatchObject({ result: 'converged' });
    expect(item()['description']).toBeDefined();
    expect(item()['repaired']).toBeUndefined();
    expect(item()['disabled_at']).toBeDefined();
  });

  it('is switched off even if nothing can be written at all', async () => {
    await run();
    edit({ status: 'disabled', owner_note: 'x'.repeat(5_000) });
    const { last_transition: _, ...bare } = item();
    fake.cloud.items.set(username, bare);
    leaveRoom(0);
    await run().catch(() => undefined);
    expect(statuses()).toEqual(['Inactive']);
  });

  it('is switched off when AWS has quarantined its user', async () => {
    await run();
    edit({ description: 'x'.repeat(5_000) });
    leaveRoom(0);
    for (const user of fake.cloud.users.values()) user.quarantined = true;
    expect(await run({ forceResync: true })).toMatchObject({ result: 'converged', transition: 'suspended' });
    expect(statuses()).toEqual(['Inactive']);
    expect(item()).toMatchObject({ status: 'disabled', suspension: { reason: 'AwsQuarantine' } });
  });
});

describe('a record without room that should be provisioned or changed', () => {
  it('says so, and is not retried', async () => {
    edit({ description: 'x'.repeat(5_000) });
    leaveRoom(50);
    expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'RecordTooLarge', kind: 'permanent' } });
    expect(item()).toMatchObject({ status: 'failed', failure: { code: 'RecordTooLarge' } });
    expect(fake.cloud.users.size).toBe(0);
    expect(isConverged(readRecord(username, item()), fake.deps.reconcileDeps.settings.scope)).toBe(true);
  });

  it('leaves nothing unfinished if the claim fits and the result does not', async () => {
    edit({ owner_note: 'x'.repeat(5_000) });
    leaveRoom(200);
    expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'RecordTooLarge' } });
    expect(fake.cloud.calls).toContain('CreateAccessKey');
    expect(fake.cloud.users.size).toBe(0);
    expect(item()['claim']).toBeUndefined();
  });

  it('does not take its own write for an edit, and does not create the user twice', async () => {
    const changes: unknown[] = [];
    edit({ owner_note: 'x'.repeat(5_000) });
    leaveRoom(180);
    fake.cloud.onChange = (...change) => changes.push(triggerOfChange(...change));
    expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'RecordTooLarge' } });
    expect(item()).toMatchObject({ status: 'failed', failure: { code: 'RecordTooLarge' } });
    expect(changes).toEqual([undefined, undefined]);
  });

  it('loses the IAM user of the record that it replaced', async () => {
    await run();
    fake.clock.nowMs += 86_400_000;
    const supersededIamUserName = [...fake.cloud.users.keys()][0] ?? '';
    const before = { status: 'pending', allowed_from_addresses: ['jane@example.com'], owner_note: 'x'.repeat(5_000) };
    fake.cloud.items.set(username, before);
    leaveRoom(0);
    expect(await run({ supersededIamUserName })).toMatchObject({
      result: 'invalid',
      error: { code: 'RecordTooLarge' },
    });
    expect(fake.cloud.users.size).toBe(0);
  });

  it('keeps what it has if only the change does not fit', async () => {
    await run();
    edit({ owner_note: 'x'.repeat(5_000), rotate_requested: true });
    leaveRoom(130);
    expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'RecordTooLarge' } });
    expect(statuses()).toEqual(['Active']);
  });

  it('does not report the same failure repeatedly', async () => {
    edit({ description: 'x'.repeat(5_000) });
    leaveRoom(50);
    await run();
    leaveRoom(0);
    const before = item();
    expect(await run()).toMatchObject({ result: 'invalid', isNews: false });
    expect(item()).toEqual(before);
  });
});

describe('a record with hardly any room, and nothing that Sesame may remove', () => {
  it.each([
    [70, { code: 'RecordTooLarge', permanent: true }],
    [0, undefined],
  ])('becomes failed with room for %i characters, and says what fits', async (room, failure) => {
    edit({ notes: 'x'.repeat(5_000) });
    leaveRoom(room);
    expect(await run()).toMatchObject({ result: 'invalid', error: { code: 'RecordTooLarge' }, isNews: true });
    expect(item()).toMatchObject({ status: 'failed' });
    expect(item().failure).toEqual(failure);
    const before = item();
    // The stream delivers its own write, and the sweep checks the record.
    expect(await run()).toMatchObject({ result: 'invalid', isNews: false });
    expect(item()).toEqual(before);
    expect(fake.cloud.users.size).toBe(0);
  });

  it('gets disabled_at when it is disabled, if it fits', async () => {
    await run();
    const { last_transition: _, ...bare } = item();
    fake.cloud.items.set(username, { ...bare, notes: 'x'.repeat(5_000), status: 'disabled' });
    leaveRoom(45);
    expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
    expect(statuses()).toEqual(['Inactive']);
    expect(item()).toMatchObject({ status: 'disabled', disabled_at: expect.any(String) });
  });

  it('is switched off even if disabled_at does not fit, which the outcome says', async () => {
    await run();
    const { last_transition: _, ...bare } = item();
    fake.cloud.items.set(username, { ...bare, notes: 'x'.repeat(5_000), status: 'disabled' });
    leaveRoom(0);
    await expect(run()).rejects.toMatchObject({ code: 'RecordTooLarge' });
    expect(statuses()).toEqual(['Inactive']);
  });
});
