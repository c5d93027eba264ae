import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeSending, type FakeSending, queued } from '../../../test/support/fake-sending.ts';
import { iamUserName, inSns, sentAt, sesEvents, sesMail } from '../../../test/support/ses-events.ts';
import { defaultThresholds } from '../../sending/thresholds.ts';
import { sumWindows } from '../../sending/windows.ts';
import { createCounterCache } from './counter-cache.ts';
import { createHandler, type FeedbackDeps } from './handler.ts';

const sentAtMs = Date.parse(sentAt);
const record = {
  status: 'active',
  allowed_from_addresses: ['jane@example.com'],
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/${iamUserName}`,
  access_key_id: 'AKIAIOSFODNN7EXAMPLE',
};
let fake: FakeSending;
let mode: FeedbackDeps['mode'];
let suppressed: string[];
let handler: ReturnType<typeof createHandler>;

beforeEach(() => {
  fake = createFakeSending(sentAtMs + 120_000);
  fake.cloud.items.set('jane', record);
  mode = 'suspend';
  suppressed = [];
  handler = create();
});

function create(suppressionList?: FeedbackDeps['suppressionList']) {
  const { deps } = fake;
  return createHandler({
    ...deps,
    mode,
    thresholds: defaultThresholds,
    counterCache: createCounterCache({ counters: deps.counters, cacheSeconds: 15, now: deps.now }),
    suppressionList,
  });
}

const handle = (...bodies: unknown[]) => handler(queued(...bodies), { awsRequestId: 'request-1' });
const runSchedule = () => handler({ id: 'run-1' }, { awsRequestId: 'request-1' });
const counters = async () => sumWindows(await fake.deps.counters.read('jane', 0), fake.clock.nowMs).day;

/** A mail to so many recipients, of which the first ones bounce. */
function mail(messageId: string, recipients: number, bounces = 0) {
  const to = Array.from({ length: recipients }, (_, index) => `${index}@example.org`);
  const { Send, Delivery, Bounce } = sesEvents(sesMail({ messageId, destination: to }));
  const delivery = { ...(Delivery?.['delivery'] as object), recipients: to.slice(bounces) };
  const bounce = {
    ...(Bounce?.['bounce'] as object),
    bouncedRecipients: to.slice(0, bounces).map((emailAddress) => ({ emailAddress })),
  };
  return [Send, { ...Delivery, delivery }, ...(bounces === 0 ? [] : [{ ...Bounce, bounce }])].map(inSns);
}

describe('the feedback processor', () => {
  it('counts recipients by what became of them', async () => {
    expect(await handle(...mail('one', 10, 2), inSns(sesEvents()['Complaint']), inSns(sesEvents()['Reject']))).toEqual({
      batchItemFailures: [],
    });
    expect(await counters()).toMatchObject({ sends: 10, deliveries: 8, hard_bounces: 2, complaints: 1, rejects: 1 });
    expect(fake.metrics.get('MailHardBounces')).toBe(2);
  });

  it('counts once what comes more than once, in one batch or in several', async () => {
    await handle(...mail('one', 10, 2), ...mail('one', 10, 2));
    await handle(...mail('one', 10, 2));
    expect(await counters()).toMatchObject({ sends: 10, deliveries: 8, hard_bounces: 2 });
    expect(fake.metrics.get('FeedbackNotNew')).toBe(40);
  });

  it('suspends above the minimum volume, and not below', async () => {
    await handle(...mail('few', 50, 25));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    await handle(...mail('many', 50, 0));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled', suspension: { reason: 'BounceRate' } });
    expect(fake.events).toMatchObject([{ type: 'suspended', detail: { code: 'BounceRate' } }]);
    expect(fake.alerts).toMatchObject([{ message: { code: 'BounceRate', username: 'jane' } }]);
  });

  it('warns once between both limits', async () => {
    for (let time = 0; time < 3; time += 1) await handle(...mail(`mail-${time}`, 100, 7));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    expect(fake.events.map(({ type }) => type)).toEqual(['feedback warning']);
    expect(fake.alerts).toMatchObject([{ message: { code: 'BounceWarning' } }]);
    expect(fake.metrics.get('FeedbackWarnings')).toBe(1);
  });

  it('only warns where it is told to observe', async () => {
    mode = 'observe';
    handler = create();
    await handle(...mail('many', 100, 50));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    expect(fake.events.map(({ type }) => type)).toEqual(['feedback warning']);
  });

  it('suspends for a passed quota until its window ends, and then lets the credential send again', async () => {
    fake.cloud.items.set('jane', { ...record, quota_per_hour: 20 });
    await handle(...mail('one', 20));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    await handle(...mail('two', 1));
    const until = '2026-03-01T11:00:00.000Z';
    expect(fake.cloud.items.get('jane')).toMatchObject({
      status: 'disabled',
      suspension: { reason: 'SendQuota', until },
    });
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
    fake.clock.nowMs = Date.parse(until);
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'pending' });
    expect(fake.events.map(({ type }) => type)).toEqual(['suspended', 'suspension ended']);
    expect(fake.alerts.map(({ message }) => message['code'])).toEqual(['SendQuota', 'SuspensionEnded']);
    expect(fake.ends.size).toBe(0);
  });

  it('suspends for a passed quota also while the topic of alerts is out of order', async () => {
    fake.cloud.items.set('jane', { ...record, quota_per_hour: 50 });
    fake.broken.alerts = true;
    await handle(...mail('many', 100, 6));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled', suspension: { reason: 'SendQuota' } });
  });

  it('ends no suspension that is another one by now', async () => {
    fake.cloud.items.set('jane', { ...record, quota_per_hour: 1 });
    await handle(...mail('one', 2));
    const violations = { reason: 'SenderViolations', at: sentAt, evidence: 'words' };
    fake.cloud.items.set('jane', { ...record, status: 'disabled', suspension: violations });
    fake.clock.nowMs += 3_600_000;
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled', suspension: violations });
    expect(fake.ends.size).toBe(0);
  });

  it('counts nothing for whom it does not know', async () => {
    await handle(inSns(sesEvents(sesMail({ tags: { 'ses:caller-identity': ['root'] } }))['Send']));
    fake.cloud.items.clear();
    await handle(...mail('one', 3));
    expect(fake.metrics.get('FeedbackUnattributed')).toBe(3);
    expect(await counters()).toMatchObject({ sends: 0 });
  });

  it('suppresses addresses only when it is wanted, and goes on when it can not', async () => {
    await handle(...mail('one', 3, 1));
    expect(suppressed).toEqual([]);
    handler = create({
      add: (address) =>
        address.startsWith('0') ? Promise.reject(new Error('no')) : Promise.resolve(void suppressed.push(address)),
    });
    expect(await handle(...mail('two', 3, 2))).toEqual({ batchItemFailures: [] });
    expect(suppressed).toEqual(['1@example.org']);
    expect(fake.metrics.get('AddressesNotSuppressed')).toBe(1);
    expect(JSON.stringify(fake.logs)).not.toContain('@example.org');
  });

  it('lets what could not be counted come again, and parks what nobody understands', async () => {
    fake.broken.ledger = true;
    expect(await handle(...mail('one', 3), '[]')).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-1' }],
    });
    expect(fake.parked).toHaveLength(1);
    fake.broken.ledger = false;
    await handle(...mail('one', 3));
    expect(await counters()).toMatchObject({ sends: 3, deliveries: 3 });
  });

  it('asks the table for counters only where there may be trouble', async () => {
    for (let time = 0; time < 5; time += 1) await handle(...mail(`mail-${time}`, 10));
    expect(fake.reads).toEqual(['cached jane']);
  });
});
