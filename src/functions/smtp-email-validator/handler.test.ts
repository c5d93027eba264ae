import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeSending, type FakeSending, queued } from '../../../test/support/fake-sending.ts';
import { iamUserName, inSns, sentAt, sesEvents, sesMail } from '../../../test/support/ses-events.ts';
import type { Item } from '../../credential/credential-table.ts';
import { readDesiredDigest } from '../../credential/record/desired-state.ts';
import { sumWindows } from '../../mail-events/windows.ts';
import type { ValidatorDeps } from './deps.ts';
import { createHandler } from './handler.ts';

const sentAtMs = Date.parse(sentAt);
const record = {
  status: 'active',
  allowed_from_addresses: ['jane@example.com'],
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  access_key_id: 'AKIAIOSFODNN7EXAMPLE',
};
let fake: FakeSending;
let rule: ValidatorDeps['rule'];

beforeEach(() => {
  fake = createFakeSending(sentAtMs + 5_000);
  fake.cloud.items.set('jane', record);
  rule = { mode: 'observe', suspendAfter: 2, window: 'day' };
});

const handle = (...bodies: unknown[]) =>
  createHandler({ ...fake.deps, rule, propagationSeconds: 0 })(queued(...bodies));
const send = (changes: Record<string, unknown> = {}) => inSns(sesEvents(sesMail(changes))['Send']);
const forged = (messageId = 'forged-1') => send({ headers: [{ name: 'From', value: 'ceo@example.com' }], messageId });
const codes = () => fake.logs.map(({ code }) => code);

describe('the validator', () => {
  it('accepts mail that the record allows, and reads the record once', async () => {
    expect(await handle(send(), send({ messageId: 'another' }))).toEqual({ batchItemFailures: [] });
    expect(fake.metrics.get('SendersAllowed')).toBe(2);
    expect(fake.alerts).toEqual([]);
    expect(fake.reads).toEqual(['cached jane']);
  });

  it('reports a violation with all its evidence, and never a subject', async () => {
    await handle(forged());
    expect(fake.metrics.get('SenderViolations')).toBe(1);
    expect(fake.events).toMatchObject([{ type: 'violation', detail: { username: 'jane', code: 'SenderViolation' } }]);
    expect(fake.events[0]?.detail.reason).toContain('ceo@example.com');
    const log = fake.logs.find(({ code }) => code === 'SENDER_VIOLATION');
    expect(log?.details).toMatchObject({ username: 'jane', ses_message_id: 'forged-1', source_ip: '192.0.2.7' });
    expect(JSON.stringify([fake.logs, fake.events, fake.alerts])).not.toContain('Numbers of this week');
  });

  it('counts a violation once and alerts once, however many mails and deliveries there are', async () => {
    await handle(forged(), forged(), forged('forged-2'));
    await handle(forged(), forged('forged-3'));
    expect(fake.metrics.get('SenderViolations')).toBe(3);
    expect(fake.events).toHaveLength(3);
    expect(fake.alerts).toHaveLength(1);
  });

  it('reads the record again before it blames a sender', async () => {
    await handle(send());
    fake.cloud.items.set('jane', { ...record, allowed_from_addresses: ['jane@example.com', 'ceo@example.com'] });
    await handle(forged());
    expect(fake.reads).toEqual(['cached jane', 'record jane']);
    expect(fake.metrics.get('SenderViolations')).toBeUndefined();
    expect(fake.metrics.get('SendersAllowed')).toBe(2);
  });

  it('only observes in the mode observe', async () => {
    await handle(forged('one'), forged('two'), forged('three'));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
  });

  it('suspends and publishes even if alerts fail, and alerts when the topic works again', async () => {
    rule = { mode: 'suspend', suspendAfter: 1, window: 'day' };
    fake.broken.alerts = true;
    expect((await handle(forged())).batchItemFailures).toHaveLength(1);
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
    expect(fake.events.map(({ type }) => type)).toEqual(['violation', 'suspended']);
    fake.broken.alerts = false;
    expect((await handle(forged())).batchItemFailures).toEqual([]);
    expect(fake.alerts.map(({ message }) => message['code'])).toEqual(['SenderViolations', 'SenderViolation']);
    expect(fake.events).toHaveLength(2);
  });

  it('suspends once, after the configured number of violations', async () => {
    rule = { mode: 'suspend', suspendAfter: 2, window: 'day' };
    await handle(forged('one'));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    await handle(forged('two'));
    expect(fake.cloud.items.get('jane')).toMatchObject({
      status: 'disabled',
      suspension: { reason: 'SenderViolations' },
    });
    await handle(forged('three'));
    expect(fake.events.filter(({ type }) => type === 'suspended')).toHaveLength(1);
    expect(fake.metrics.get('CredentialsSuspended')).toBe(1);
    expect(fake.alerts.map(({ message }) => message['code'])).toEqual(['SenderViolation', 'SenderViolations']);
  });

  it('suspends a credential that is off only for its quota, so that it stays off', async () => {
    rule = { mode: 'suspend', suspendAfter: 2, window: 'day' };
    const quota = { reason: 'SendQuota', at: sentAt, evidence: 'e', until: '2026-03-01T11:00:00.000Z' };
    fake.cloud.items.set('jane', { ...record, status: 'disabled', suspension: quota });
    await handle(forged('one'), forged('two'));
    const suspended = { reason: 'SenderViolations', correlation_id: 'one' };
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled', suspension: suspended });
    expect(fake.cloud.items.get('jane')?.['suspension']).not.toHaveProperty('until');
    expect(fake.events.at(-1)).toMatchObject({ type: 'suspended', detail: { code: 'SenderViolations' } });
    expect(fake.alerts.map(({ message }) => message['code'])).toContain('SenderViolations');
    expect(fake.metrics.get('CredentialsSuspended')).toBe(1);
    expect(codes()).toContain('CREDENTIAL_SUSPENDED');
  });

  it('publishes the events of a redelivered message again', async () => {
    fake.broken.events = true;
    expect((await handle(forged())).batchItemFailures).toHaveLength(1);
    fake.broken.events = false;
    const again = queued(forged());
    for (const message of again.Records) Object.assign(message, { attributes: { ApproximateReceiveCount: '2' } });
    const handler = createHandler({ ...fake.deps, rule, propagationSeconds: 0 });
    expect(await handler(again)).toEqual({ batchItemFailures: [] });
    expect(fake.events.map(({ type }) => type)).toEqual(['violation']);
    // The metric counts again as well: the earlier attempt may not have counted it. The counters that suspend stay
    // exact.
    expect(fake.metrics.get('SenderViolations')).toBe(2);
    expect(sumWindows(await fake.deps.counters.read('jane', fake.clock.nowMs), fake.clock.nowMs).day.violations).toBe(
      1,
    );
  });

  it("publishes and counts a violation when an earlier attempt lost the counter's response", async () => {
    const { write } = fake.deps.feedbackCounter;
    const lossy = async (units: Parameters<typeof write>[0]) => {
      await write(units);
      throw new Error('The answer was lost.');
    };
    const settings = { ...fake.deps, rule, propagationSeconds: 0 };
    expect(
      (await createHandler({ ...settings, feedbackCounter: { write: lossy } })(queued(forged()))).batchItemFailures,
    ).toHaveLength(1);
    expect(fake.metrics.get('SenderViolations')).toBeUndefined();
    const again = queued(forged());
    for (const message of again.Records) Object.assign(message, { attributes: { ApproximateReceiveCount: '2' } });
    expect(await createHandler(settings)(again)).toEqual({ batchItemFailures: [] });
    expect(fake.metrics.get('SenderViolations')).toBe(1);
    expect(fake.events.map(({ type }) => type)).toEqual(['violation']);
  });

  it('blames no sender for patterns that are not in force yet', async () => {
    rule = { mode: 'suspend', suspendAfter: 1, window: 'day' };
    const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' };
    const digest = `inline:${readDesiredDigest(record, scope)}`;
    fake.cloud.items.set('jane', { ...record, policy_digest: digest, allowed_from_addresses: ['other@example.com'] });
    await createHandler({ ...fake.deps, rule, propagationSeconds: 60, scope })(queued(send(), forged()));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    expect(fake.metrics.get('SendersChangedSince')).toBe(2);
    expect(fake.alerts).toEqual([]);
  });

  it.each<[string, Item]>([
    ['addresses that could not be carried out', { policy_digest: 'inline:before' }],
    ['addresses that cannot be read', { allowed_from_addresses: ['*'] }],
  ])('reports once what is sent while a record has failed for %s', async (_, changes) => {
    rule = { mode: 'suspend', suspendAfter: 1, window: 'day' };
    const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' };
    const failure = { code: 'ReceivingRuleMissing', message: 'words' };
    fake.cloud.items.set('jane', { ...record, status: 'failed', failure, ...changes });
    const settings = { ...fake.deps, rule, propagationSeconds: 60, scope };
    await createHandler(settings)(queued(forged(), forged('second')));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'failed' });
    expect(fake.metrics.get('SenderViolations')).toBeUndefined();
    expect(fake.alerts).toMatchObject([{ message: { code: 'SenderUnchecked', username: 'jane' } }]);
  });

  it('reports a mailing list that has an envelope per recipient, and does not suspend it', async () => {
    rule = { mode: 'suspend', suspendAfter: 1, window: 'day' };
    const envelopes = ['kim=example.org', 'lee=example.org', 'sam=example.org'];
    await handle(...envelopes.map((name) => send({ source: `bounces+${name}@example.com`, messageId: name })));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    expect(fake.metrics.get('SendersOtherEnvelope')).toBe(3);
    expect(fake.metrics.get('SenderViolations')).toBeUndefined();
    expect(codes()).toContain('SENDER_OTHER_ENVELOPE');
    expect(fake.alerts).toMatchObject([{ message: { code: 'SenderEnvelope', username: 'jane' } }]);
    expect(JSON.stringify(fake.alerts)).toContain('allowed_envelope_senders');
  });

  it('suspends it if the deployment is strict about envelopes', async () => {
    rule = { mode: 'suspend', suspendAfter: 1, window: 'day' };
    const handler = createHandler({ ...fake.deps, rule, propagationSeconds: 0, envelope: 'strict' });
    await handler(queued(send({ source: 'bounces@example.com' })));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
  });

  it.each([
    ['account', { sendingAccountId: '999999999999' }],
    ['configuration set', { tags: { 'ses:caller-identity': [iamUserName], 'ses:configuration-set': ['theirs'] } }],
  ])('counts a violation of another %s against nobody, and parks nothing', async (foreign, changes) => {
    rule = { mode: 'suspend', suspendAfter: 1, window: 'day' };
    await handle(send({ headers: [{ name: 'From', value: 'ceo@example.com' }], ...changes }));
    expect(fake.metrics.get('SendingEventsForeign')).toBe(1);
    expect(fake.logs.find(({ code }) => code === 'SENDING_EVENT_FOREIGN')?.details).toMatchObject({ foreign });
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    expect([fake.alerts, fake.parked, fake.events]).toEqual([[], [], []]);
  });

  it('alerts once about senders that cannot be read', async () => {
    const unreadable = { headers: [{ name: 'From', value: 'ceo@example.com:jane@example.com;' }] };
    await handle(send({ ...unreadable, messageId: 'one' }), send({ ...unreadable, messageId: 'two' }));
    expect(fake.metrics.get('SendersUnreadable')).toBe(2);
    expect(fake.alerts).toMatchObject([{ message: { code: 'SenderUnreadable', username: 'jane' } }]);
    expect(JSON.stringify(fake.alerts)).toContain('from header');
  });

  it('alerts about a missing record only for mail that is sent well after it was first missing', async () => {
    fake.cloud.items.clear();
    const handler = createHandler({ ...fake.deps, rule, propagationSeconds: 60 });
    // Possibly sent in the second in which the record was deleted.
    await handler(queued(send()));
    expect(fake.alerts).toEqual([]);
    expect(fake.metrics.get('SendersChangedSince')).toBe(1);
    fake.clock.nowMs += 3_600_000;
    const later = (seconds: number) => new Date(sentAtMs + 5_000 + seconds * 1000).toISOString();
    await handler(queued(send({ timestamp: later(60), messageId: 'two' })));
    expect(fake.alerts).toEqual([]);
    await handler(queued(send({ timestamp: later(61), messageId: 'three' })));
    expect(fake.alerts).toMatchObject([{ message: { code: 'SenderRecordMissing', username: iamUserName } }]);
    expect(fake.metrics.get('SenderRecordsMissing')).toBe(1);
  });

  it('returns messages for which there is no time', async () => {
    const handler = createHandler({ ...fake.deps, rule, propagationSeconds: 0 });
    const { batchItemFailures } = await handler(queued(forged()), { getRemainingTimeInMillis: () => 14_000 });
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(fake.metrics.get('SenderViolations')).toBeUndefined();
  });

  it('reports a credential that sends long after it was disabled', async () => {
    const disabledAt = new Date(sentAtMs - 60_000).toISOString();
    fake.cloud.items.set('jane', { ...record, status: 'disabled', disabled_at: disabledAt });
    await handle(send());
    expect(codes()).toContain('SENDS_WHILE_DISABLED');
    expect(fake.alerts).toMatchObject([{ message: { code: 'SendsWhileDisabled', username: 'jane' } }]);
  });

  it('reports IAM users of ours that have no record', async () => {
    fake.cloud.items.clear();
    await handle(send(), send({ messageId: 'another' }));
    expect(fake.metrics.get('SenderRecordsMissing')).toBe(2);
    expect(fake.alerts).toMatchObject([{ message: { code: 'SenderRecordMissing', username: iamUserName } }]);
  });

  it.each(['root', 'somebody-else', undefined])('blames no credential for mail from %s', async (identity) => {
    await handle(send({ tags: { 'ses:caller-identity': identity === undefined ? [] : [identity] } }));
    expect(fake.metrics.get('SenderIdentitiesUnknown')).toBe(1);
    expect(fake.alerts).toEqual([]);
  });

  it('ignores other events', async () => {
    const { Delivery, Bounce } = sesEvents();
    await handle(inSns(Delivery), inSns(Bounce));
    expect(fake.reads).toEqual([]);
  });

  it('parks messages that it does not understand, and returns them only if that fails', async () => {
    expect(await handle('{"eventType":"Sing"}', forged())).toEqual({ batchItemFailures: [] });
    expect(fake.parked).toMatchObject([{ body: '{"eventType":"Sing"}', attributes: { sourceForm: 'ses-event' } }]);
    expect(fake.metrics.get('SendingEventsNotUnderstood')).toBe(1);
    fake.broken.parking = true;
    expect(await handle(send(), 'not JSON')).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  });

  it('retries what could not be counted or published, and counts nothing twice', async () => {
    fake.broken.feedbackCounter = true;
    expect(await handle(forged(), send())).toMatchObject({ batchItemFailures: [{}, {}] });
    fake.broken.feedbackCounter = false;
    fake.broken.alerts = true;
    expect((await handle(forged())).batchItemFailures).toHaveLength(1);
    fake.broken.alerts = false;
    expect((await handle(forged())).batchItemFailures).toEqual([]);
    expect(fake.alerts).toHaveLength(1);
    expect(fake.metrics.get('AlertsFailed')).toBe(1);
    expect(fake.metrics.get('SenderViolations')).toBe(1);
  });
});
