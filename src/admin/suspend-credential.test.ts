import { beforeEach, expect, it } from 'vitest';
import { createFakeSending, type FakeSending } from '../../test/support/fake-sending.ts';
import type { CredentialEvent } from '../credential/credential-event.ts';
import { readRecord } from '../credential/record/record.ts';
import { republishSuspension, suspendCredential } from './suspend-credential.ts';

const nowMs = Date.parse('2026-03-01T10:30:00.000Z');
const active = { status: 'active', access_key_id: 'AKIAIOSFODNN7EXAMPLE' };
const request = { username: 'jane', reason: 'BounceRate', evidence: 'Many bounced.', correlationId: 'mail-1' } as const;
let fake: FakeSending;
let events: CredentialEvent[];
const report = { addEvent: (event: CredentialEvent) => void events.push(event) };

beforeEach(() => {
  fake = createFakeSending(nowMs);
  events = [];
  fake.cloud.items.set('jane', active);
});

it("tells of its own write when the first answer was lost and the SDK's second try is refused", async () => {
  const { credentials } = fake.deps;
  let notes = 0;
  const updateUnclaimed: typeof credentials.updateUnclaimed = async (...change) => {
    notes += 1;
    await credentials.updateUnclaimed(...change);
    return credentials.updateUnclaimed(...change);
  };
  const suspended = await suspendCredential(request, report, {
    ...fake.deps,
    credentials: { ...credentials, updateUnclaimed },
  });
  expect(notes).toBe(1);
  expect(suspended?.record.item['suspension']).toMatchObject({ reason: 'BounceRate', correlation_id: 'mail-1' });
  expect(events).toMatchObject([{ type: 'suspended', detail: { code: 'BounceRate', reason: 'Many bounced.' } }]);
});

it('looks again when somebody else changed the record, and gives way to an administrator', async () => {
  const { credentials } = fake.deps;
  const updateUnclaimed: typeof credentials.updateUnclaimed = (...change) => {
    fake.cloud.items.set('jane', { ...active, status: 'disabled' });
    return credentials.updateUnclaimed(...change);
  };
  expect(
    await suspendCredential(request, report, { ...fake.deps, credentials: { ...credentials, updateUnclaimed } }),
  ).toBeUndefined();
  expect(fake.cloud.items.get('jane')).not.toHaveProperty('suspension');
  expect(events).toEqual([]);
});

it('tells again for a while only: feedback about the same mail arrives for days', async () => {
  await suspendCredential(request, report, fake.deps);
  const record = () => readRecord('jane', fake.cloud.items.get('jane') ?? {});
  const again = { messageIds: new Set(['mail-1']), areRedelivered: true };
  await republishSuspension(record(), again, report, fake.deps);
  expect(fake.alerts).toHaveLength(1);
  expect(events).toHaveLength(2);
  fake.clock.nowMs += 7 * 3_600_000;
  await republishSuspension(record(), again, report, fake.deps);
  await republishSuspension(record(), { ...again, messageIds: new Set(['mail-2']) }, report, fake.deps);
  expect(fake.alerts).toHaveLength(1);
  expect(events).toHaveLength(2);
});

it('suspends also where the record is full, and says what had to go for that', async () => {
  const full = { ...active, description: 'x'.repeat(2_000) };
  fake.cloud.items.set('jane', full);
  fake.cloud.itemLimit = JSON.stringify(full).length;
  await suspendCredential(request, report, fake.deps);
  expect(fake.cloud.items.get('jane')).toMatchObject({
    status: 'disabled',
    suspension: { reason: 'BounceRate' },
    warning: expect.stringContaining('description was removed'),
  });
});
