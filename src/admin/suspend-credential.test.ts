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

it("reports its own write when the first response was lost and the SDK's retry is refused", async () => {
  const { credentials } = fake.deps;
  let notes = 0;
  const update: typeof credentials.update = async (...change) => {
    notes += 1;
    await credentials.update(...change);
    return credentials.update(...change);
  };
  const suspended = await suspendCredential(request, report, {
    ...fake.deps,
    credentials: { ...credentials, update },
  });
  expect(notes).toBe(1);
  expect(suspended?.record.item['suspension']).toMatchObject({ reason: 'BounceRate', correlation_id: 'mail-1' });
  expect(events).toMatchObject([{ type: 'suspended', detail: { code: 'BounceRate', reason: 'Many bounced.' } }]);
});

it('retries after another write, and respects an administrator', async () => {
  const { credentials } = fake.deps;
  const update: typeof credentials.update = (...change) => {
    fake.cloud.items.set('jane', { ...active, status: 'disabled' });
    return credentials.update(...change);
  };
  expect(
    await suspendCredential(request, report, { ...fake.deps, credentials: { ...credentials, update } }),
  ).toBeUndefined();
  expect(fake.cloud.items.get('jane')).not.toHaveProperty('suspension');
  expect(events).toEqual([]);
});

it('reports a suspension again only for a while, because feedback about a mail arrives for days', async () => {
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

it('suspends a full record, and says which attributes it removed', async () => {
  const full = { ...active, description: 'x'.repeat(2_000) };
  fake.cloud.items.set('jane', full);
  fake.cloud.itemLimit = JSON.stringify(full).length;
  await suspendCredential(request, report, fake.deps);
  expect(fake.cloud.items.get('jane')).toMatchObject({
    status: 'disabled',
    suspension: { reason: 'BounceRate' },
    warning: [{ code: 'DescriptionRemoved', text: expect.stringContaining('description was removed') }],
  });
});
