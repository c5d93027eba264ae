import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeSending, type FakeSending, queued } from '../../../test/support/fake-sending.ts';
import { iamUserName, inSns, sentAt, sesEvents, sesMail } from '../../../test/support/ses-events.ts';
import type { Item } from '../../credential/credential-table.ts';
import { defaultThresholds, type ViolationRule } from '../../mail-events/thresholds.ts';
import { sumWindows } from '../../mail-events/windows.ts';
import type { FeedbackDeps } from './deps.ts';
import { createHandler } from './handler.ts';
import { createRecentFailures } from './recent-failures.ts';

const sentAtMs = Date.parse(sentAt);
const record = {
  status: 'active',
  allowed_from_addresses: ['jane@example.com'],
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
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

function create(suppressionList?: FeedbackDeps['suppressionList'], violationRule?: ViolationRule) {
  const { deps } = fake;
  return createHandler({
    ...deps,
    mode,
    thresholds: defaultThresholds,
    recentFailures: createRecentFailures(),
    suppressionList,
    ...(violationRule === undefined ? {} : { violationRule }),
  });
}

const handle = (...bodies: unknown[]) => handler(queued(...bodies), { awsRequestId: 'request-1' });
const runSchedule = () => handler({ id: 'run-1' }, { awsRequestId: 'request-1' });
const counters = async () => sumWindows(await fake.deps.counters.read('jane', fake.clock.nowMs), fake.clock.nowMs).day;

const suspension = () => (fake.cloud.items.get('jane') as Item)['suspension'] as Item;
const codes = () => fake.alerts.map(({ message }) => message['code']);
const publishedTypes = () => fake.events.map(({ type, detail }) => `${type} ${detail.code ?? ''}`.trim());

/** Exceeds the hour's quota. */
async function passQuota(quota: Item = { quota_per_hour: 20 }): Promise<void> {
  fake.cloud.items.set('jane', { ...record, ...quota });
  await handle(...mails('burst', 200));
  expect(suspension()).toMatchObject({ reason: 'SendQuota' });
}

const manyRecipients = Array.from({ length: 30 }, (_, index) => `${index}@example.org`);

/** Redelivered messages. */
const handleAgain = (...bodies: unknown[]) => {
  const { Records } = queued(...bodies);
  for (const message of Records) Object.assign(message, { attributes: { ApproximateReceiveCount: '2' } });
  return handler({ Records }, { awsRequestId: 'request-1' });
};

/** A mail to a number of recipients, of which the first ones bounce. */
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

/** The same with mails to 50 recipients each, the limit of SES. */
function mails(messageId: string, recipients: number, bounces = 0) {
  return Array.from({ length: recipients / 50 }, (_, index) =>
    mail(`${messageId}-${index}`, 50, Math.min(50, Math.max(0, bounces - 50 * index))),
  ).flat();
}

describe('the feedback processor', () => {
  it('counts recipients by the result of their delivery', async () => {
    expect(await handle(...mail('one', 10, 2), inSns(sesEvents()['Complaint']), inSns(sesEvents()['Reject']))).toEqual({
      batchItemFailures: [],
    });
    expect(await counters()).toMatchObject({ sends: 10, deliveries: 8, hard_bounces: 2, complaints: 1, rejects: 1 });
    expect(fake.metrics.get('MailHardBounces')).toBe(2);
  });

  it('counts duplicates once, in one batch or in several', async () => {
    await handle(...mail('one', 10, 2), ...mail('one', 10, 2));
    await handle(...mail('one', 10, 2));
    expect(await counters()).toMatchObject({ sends: 10, deliveries: 8, hard_bounces: 2 });
    expect(fake.metrics.get('FeedbackNotNew')).toBe(40);
  });

  it('suspends only above the minimum volume', async () => {
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

  it('only warns in the mode observe', async () => {
    mode = 'observe';
    handler = create();
    await handle(...mail('many', 100, 50));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
    expect(fake.events.map(({ type }) => type)).toEqual(['feedback warning']);
  });

  it('suspends for an exceeded quota until its window ends, and then enables the credential', async () => {
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
    expect(fake.expiries.size).toBe(0);
  });

  it('suspends for an exceeded quota even if alerts fail', async () => {
    fake.cloud.items.set('jane', { ...record, quota_per_hour: 50 });
    fake.broken.alerts = true;
    await handle(...mail('many', 100, 6));
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled', suspension: { reason: 'SendQuota' } });
  });

  it('does not end a suspension that was replaced', async () => {
    fake.cloud.items.set('jane', { ...record, quota_per_hour: 1 });
    await handle(...mail('one', 2));
    const violations = { reason: 'SenderViolations', at: sentAt, evidence: 'words' };
    fake.cloud.items.set('jane', { ...record, status: 'disabled', suspension: violations });
    fake.clock.nowMs += 3_600_000;
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled', suspension: violations });
    expect(fake.expiries.size).toBe(0);
  });

  it('counts nothing for unknown senders', async () => {
    await handle(inSns(sesEvents(sesMail({ tags: { 'ses:caller-identity': ['root'] } }))['Send']));
    fake.cloud.items.clear();
    await handle(...mail('one', 3));
    expect(fake.metrics.get('FeedbackUnattributed')).toBe(3);
    expect(await counters()).toMatchObject({ sends: 0 });
  });

  it('suppresses addresses only if configured, and continues if that fails', async () => {
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

  it('returns what could not be counted, and parks what it does not understand', async () => {
    fake.broken.feedbackCounter = true;
    expect(await handle(...mail('one', 3), '[]')).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-1' }],
    });
    expect(fake.parked).toHaveLength(1);
    fake.broken.feedbackCounter = false;
    await handle(...mail('one', 3));
    expect(await counters()).toMatchObject({ sends: 3, deliveries: 3 });
  });

  it('reads counters only if a limit may be exceeded', async () => {
    for (let time = 0; time < 5; time += 1) await handle(...mail(`mail-${time}`, 10));
    expect(fake.reads).toEqual(['cached jane']);
  });
});

describe('a stronger suspension', () => {
  it.each(['bounces', 'complaints'])("replaces a quota's, and is published and alerted: %s", async (trouble) => {
    await passQuota();
    if (trouble === 'bounces') await handle(...mails('late', 200, 100));
    else {
      const complaints = Array.from({ length: 40 }, (_, index) => {
        const { Complaint } = sesEvents(sesMail({ messageId: `complaint-${index}` }));
        return inSns(Complaint);
      });
      await handle(...mails('late', 400));
      await handle(...complaints);
    }
    const code = trouble === 'bounces' ? 'BounceRate' : 'ComplaintRate';
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled', counted_from: expect.any(String) });
    expect(suspension()).toMatchObject({ reason: code });
    expect(suspension()).not.toHaveProperty('until');
    expect(publishedTypes()).toEqual(['suspended SendQuota', `suspended ${code}`]);
    expect(codes()).toEqual(['SendQuota', code]);
    expect(fake.metrics.get('CredentialsSuspended')).toBe(2);
    expect(fake.logs.filter((line) => line.code === 'CREDENTIAL_SUSPENDED')).toHaveLength(2);
    fake.clock.nowMs = Date.parse('2026-03-01T11:00:00.000Z');
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
    expect(suspension()).toMatchObject({ reason: code });
    expect(fake.expiries.size).toBe(0);
  });

  it('is that of the day, after that of the hour', async () => {
    await passQuota({ quota_per_hour: 20, quota_per_day: 250 });
    await handle(...mail('more', 100));
    expect(suspension()).toMatchObject({ reason: 'SendQuota', until: '2026-03-02T00:00:00.000Z' });
    expect(publishedTypes()).toEqual(['suspended SendQuota', 'suspended SendQuota']);
    expect(codes()).toEqual(['SendQuota', 'SendQuota']);
    fake.clock.nowMs = Date.parse('2026-03-01T11:00:00.000Z');
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
    fake.clock.nowMs = Date.parse('2026-03-02T00:00:00.000Z');
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'pending' });
    expect(fake.expiries.size).toBe(0);
  });

  it('is not replaced by a weaker one', async () => {
    await handle(...mails('late', 200, 100));
    const before = suspension();
    fake.cloud.items.set('jane', { ...fake.cloud.items.get('jane'), quota_per_hour: 1 });
    await handle(...mail('more', 100));
    expect(suspension()).toEqual(before);
    expect(publishedTypes()).toEqual(['suspended BounceRate']);
  });

  it('does not change a record that an administrator disabled, but the bounces are alerted', async () => {
    fake.cloud.items.set('jane', { ...record, status: 'disabled', disabled_at: sentAt });
    await handle(...mails('late', 200, 100));
    expect(fake.cloud.items.get('jane')).not.toHaveProperty('suspension');
    expect(codes()).toEqual(['BounceWarning']);
    expect(publishedTypes()).toEqual(['feedback warning BounceWarning']);
  });

  it('does not hide a warning while the credential is off for its quota', async () => {
    await passQuota();
    await handle(...mails('late', 200, 30));
    expect(suspension()).toMatchObject({ reason: 'SendQuota' });
    expect(codes()).toEqual(['SendQuota', 'BounceWarning']);
  });
});

describe("the end of a quota's suspension", () => {
  const end = () => {
    fake.clock.nowMs = Date.parse('2026-03-01T11:00:00.000Z');
    return runSchedule();
  };

  it('is delayed while there are too many bounces', async () => {
    await passQuota();
    // Counted, but the process died before it judged.
    mode = 'observe';
    handler = create();
    await handle(...mails('late', 200, 100));
    expect(suspension()).toMatchObject({ reason: 'SendQuota' });
    mode = 'suspend';
    handler = create();
    await end();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
    expect(suspension()).toMatchObject({ reason: 'BounceRate', correlation_id: 'run-1' });
    expect(publishedTypes().at(-1)).toBe('suspended BounceRate');
    expect(codes().at(-1)).toBe('BounceRate');
    expect(fake.metrics.get('SuspensionsEnded')).toBeUndefined();
    expect(fake.expiries.size).toBe(0);
  });

  it('is delayed while there are too many violations', async () => {
    await passQuota();
    const unit = (id: string) => ({
      id,
      counter: 'violations' as const,
      bucket: '2026-03-01T10',
      dedupWindow: 'window',
    });
    await fake.deps.feedbackCounter.write({ username: 'jane', countables: ['a', 'b', 'c'].map(unit) });
    handler = create(undefined, { mode: 'suspend', suspendAfter: 3, window: 'day' });
    await end();
    expect(suspension()).toMatchObject({ reason: 'SenderViolations', evidence: expect.stringContaining('3 mails') });
    expect(publishedTypes().at(-1)).toBe('suspended SenderViolations');
  });

  it("is delayed while the day's quota is exceeded", async () => {
    await passQuota();
    fake.cloud.items.set('jane', { ...fake.cloud.items.get('jane'), quota_per_day: 100 });
    await end();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
    expect(suspension()).toMatchObject({ reason: 'SendQuota', until: '2026-03-02T00:00:00.000Z' });
    fake.clock.nowMs = Date.parse('2026-03-02T00:00:00.000Z');
    await runSchedule();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'pending' });
  });

  it('comes for all others if one suspension cannot be ended', async () => {
    await passQuota();
    const expiries = [...fake.expiries.values()];
    for (const username of ['a', 'b', 'c']) {
      fake.cloud.items.set(username, fake.cloud.items.get('jane') as Item);
      for (const { untilMs } of expiries) await fake.deps.expiries.add(username, untilMs);
    }
    let notes = 0;
    fake.cloud.fate = (call) => (call === 'UpdateItem note' && notes++ === 0 ? 'refused' : 'works');
    await end();
    const statuses = ['jane', 'a', 'b', 'c'].map((username) => fake.cloud.items.get(username)?.['status']);
    expect(statuses.sort()).toEqual(['disabled', 'pending', 'pending', 'pending']);
    // Its expiry stays, and the schedule's next run retries it.
    expect(fake.expiries.size).toBe(1);
    expect(fake.metrics.get('SuspensionsNotEnded')).toBe(1);
    await end();
    expect(fake.expiries.size).toBe(0);
  });

  it.each(['alerts', 'events'] as const)('is reported by the next run if %s fail', async (what) => {
    await passQuota();
    fake.broken[what] = true;
    await end();
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'pending' });
    fake.broken[what] = false;
    // A reconcile has enabled it in the meantime.
    fake.cloud.items.set('jane', record);
    await runSchedule();
    expect(codes()).toContain('SuspensionEnded');
    expect(publishedTypes()).toContain('suspension ended');
    expect(fake.expiries.size).toBe(0);
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'active' });
  });

  it('comes in the next run if there is no time', async () => {
    await passQuota();
    fake.clock.nowMs = Date.parse('2026-03-01T11:00:00.000Z');
    await handler({ id: 'run-1' }, { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 14_000 });
    expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
    expect(fake.expiries.size).toBe(1);
  });
});

it('ends suspensions although somebody else wrote items among them, and deletes these', async () => {
  await passQuota();
  fake.clock.nowMs += 3_600_000;
  const discarded: string[] = [];
  const { expiries } = fake.deps;
  const littered = {
    ...expiries,
    listDue: (nowMs: number, onUnreadable?: (sortKey: string) => void) => {
      for (let index = 0; index < 300; index += 1) onUnreadable?.(`2000#${index}`);
      return expiries.listDue(nowMs);
    },
    discard: (sortKey: string) => {
      discarded.push(sortKey);
      return Promise.reject(new Error('throttled'));
    },
  };
  const settings = { mode, thresholds: defaultThresholds, recentFailures: createRecentFailures() };
  handler = createHandler({ ...fake.deps, ...settings, suppressionList: undefined, expiries: littered });
  await runSchedule();
  expect(discarded).toHaveLength(100);
  expect(fake.logs.map(({ code }) => code)).toContain('SUSPENSION_EXPIRY_UNREADABLE');
  expect(fake.cloud.items.get('jane')).toMatchObject({ status: 'pending' });
});

describe('a suspension that could not be reported', () => {
  it('is alerted once when its mail is redelivered', async () => {
    fake.broken.alerts = true;
    const batch = mail('many', 100, 50);
    expect((await handle(...batch))?.batchItemFailures).toHaveLength(3);
    expect(suspension()).toMatchObject({ reason: 'BounceRate', correlation_id: 'many' });
    expect(codes()).toEqual([]);
    fake.broken.alerts = false;
    expect(await handle(...batch)).toEqual({ batchItemFailures: [] });
    await handle(...batch);
    expect(codes()).toEqual(['BounceRate']);
    expect(publishedTypes()).toEqual(['suspended BounceRate']);
  });

  it('is published when its message is redelivered', async () => {
    fake.broken.events = true;
    const batch = mail('many', 100, 50);
    expect((await handle(...batch))?.batchItemFailures).toHaveLength(3);
    fake.broken.events = false;
    fake.clock.nowMs += 61_000;
    expect(await handleAgain(...batch)).toEqual({ batchItemFailures: [] });
    expect(publishedTypes()).toEqual(['suspended BounceRate']);
    expect(codes()).toEqual(['BounceRate']);
  });

  it('is alerted separately, however soon it follows another one', async () => {
    await passQuota();
    fake.clock.nowMs = Date.parse('2026-03-01T11:00:00.000Z');
    await runSchedule();
    fake.cloud.items.set('jane', { ...record, quota_per_hour: 20 });
    const later = sesMail({ messageId: 'later', timestamp: '2026-03-01T11:00:01.000Z', destination: manyRecipients });
    fake.clock.nowMs += 60_000;
    await handle(inSns(sesEvents(later)['Send']));
    expect(codes()).toEqual(['SendQuota', 'SuspensionEnded', 'SendQuota']);
  });
});

it('holds a credential without a quota to the default one', async () => {
  const settings = {
    thresholds: defaultThresholds,
    recentFailures: createRecentFailures(),
    suppressionList: undefined,
  };
  handler = createHandler({ ...fake.deps, ...settings, mode, defaultQuotaPerDay: 100 });
  await handle(...mails('few', 100));
  expect(suspension()).toBeUndefined();
  await handle(...mail('more', 1));
  expect(suspension()).toMatchObject({ reason: 'SendQuota', evidence: expect.stringContaining('100') });
});

it('returns messages for which there is no time', async () => {
  const remaining = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 14_000 };
  expect(await handler(queued(...mail('one', 3)), remaining)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-1' }],
  });
  expect(await counters()).toMatchObject({ sends: 0, deliveries: 0 });
  expect(fake.logs.map(({ code }) => code)).toContain('WORK_POSTPONED');
});
