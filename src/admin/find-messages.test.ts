import { beforeEach, describe, expect, it, test } from 'vitest';
import { createFakeLog } from '../../test/support/fake-log.ts';
import { createFakeSuppressions } from '../../test/support/fake-suppressions.ts';
import {
  type MailKind,
  type MailOfHistory,
  mailKinds,
  makeMailHistory,
  stateOfKind,
} from '../../test/support/mail-histories.ts';
import { SesameError } from '../credential/errors.ts';
import { buildIamUserName } from '../credential/iam/iam-user-name.ts';
import { type FindMessagesDeps, type FindMessagesRequest, findMessages } from './find-messages.ts';

const nowMs = Date.parse('2026-11-27T12:00:00.000Z');
const sentAtMs = Date.parse('2026-11-27T09:00:00.000Z');
const HOUR = 3_600_000;
const iamUserName = 'ses-smtp-user-jane-1764151200000';
const record = {
  status: 'active',
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  allowed_from_addresses: ['jane@example.com'],
};

let log: ReturnType<typeof createFakeLog>;
let suppressed: ReturnType<typeof createFakeSuppressions>;
let records: Map<string, Record<string, unknown>>;
let clock: number;
beforeEach(() => {
  log = createFakeLog();
  suppressed = createFakeSuppressions();
  records = new Map([['jane', record]]);
  clock = nowMs;
});

const deps = (changes: Partial<FindMessagesDeps> = {}): FindMessagesDeps => ({
  eventLog: log.search,
  credentials: { read: async (name) => records.get(name) },
  findUsernames: async (beginning) => [...records.keys()].filter((name) => name.startsWith(beginning)),
  suppressed,
  scope: { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' },
  now: () => clock,
  ...changes,
});

let number = 0;
function put(kind: MailKind, changes: Partial<MailOfHistory> = {}) {
  number += 1;
  const mail = { kind, username: 'jane', iamUserName, to: ['kim@example.org'], sentAtMs, number, ...changes };
  const history = makeMailHistory(
    kind === 'two-recipients' ? { ...mail, to: ['kim@example.org', 'lee@example.org'] } : mail,
  );
  for (const { event, atMs } of history.lines) log.put(event, atMs);
  return history;
}

const find = (request: FindMessagesRequest, changes?: Partial<FindMessagesDeps>) =>
  findMessages(request, deps(changes));
const idsOf = async (request: FindMessagesRequest) => (await find(request)).messages.map(({ messageId }) => messageId);

async function codeOf(request: FindMessagesRequest, changes?: Partial<FindMessagesDeps>) {
  return await find(request, changes).then(
    () => 'found',
    (error: SesameError) => error.code,
  );
}

describe('by message id', () => {
  test.each(mailKinds)('tells how a mail stands: %s', async (kind) => {
    const mail = put(kind);
    put('delivered');
    const { messages } = await find({ messageId: mail.messageId });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      messageId: mail.messageId,
      clientMessageIds: [mail.clientMessageId],
      credential: 'jane',
      from: 'jane@example.com',
      to: mail.to,
      at: '2026-11-27T09:00:00.000Z',
      recipients: mail.to.map(() => expect.any(Object)),
      verdict: { code: 'allowed', asOf: '2026-11-27T12:00:00.000Z' },
    });
    expect(messages[0]?.recipients[0]?.state).toBe(stateOfKind[kind]);
    const unknown = messages[0]?.unknown.map(({ code }) => code);
    expect(unknown).toEqual(kind === 'send-lost' ? ['SendEventMissing'] : kind === 'outcome-lost' ? ['NoOutcome'] : []);
  });

  test.each<[string, (mail: { messageId: string; clientMessageId: string }) => string]>([
    ['bare', ({ messageId }) => messageId],
    ['in brackets', ({ messageId }) => `<${messageId}>`],
    ['with the first domain', ({ messageId }) => `<${messageId}@email.amazonses.com>`],
    ['with a domain of the Region', ({ messageId }) => `${messageId}@eu-west-1.amazonses.com`],
    ["as SES's reply", ({ messageId }) => `250 Ok ${messageId}`],
    ['in a log line', ({ messageId }) => `status=sent (250 Ok ${messageId}) to=<lee@example.org>`],
    ["by the client's header", ({ clientMessageId }) => `Message-ID: <${clientMessageId}>`],
  ])('takes it %s', async (_form, write) => {
    put('bounced');
    const mail = put('delivered');
    expect(await idsOf({ messageId: write(mail) })).toEqual([mail.messageId]);
  });

  it('looks only where the id says, until every recipient has an outcome', async () => {
    for (let minutes = -600; minutes < 180; minutes += 10) put('delivered', { sentAtMs: sentAtMs + minutes * 60_000 });
    const mail = put('delivered');
    const { lookedAt, nextCursor } = await find({ messageId: mail.messageId });
    expect(lookedAt).toEqual({ since: '2026-11-27T08:59:00.000Z', until: '2026-11-27T09:09:00.000Z', calls: 1 });
    expect(nextCursor).toBeDefined();
  });

  it('looks further while something is open, in parts that grow', async () => {
    const mail = put('delayed');
    const { messages, lookedAt } = await find({ messageId: mail.messageId });
    expect(messages[0]?.events.map(({ type }) => type)).toEqual(['Send', 'DeliveryDelay', 'DeliveryDelay', 'Delivery']);
    expect(log.calls.map(({ fromMs, toMs }) => (toMs - fromMs + 1) / 60_000).map(Math.round)).toEqual([10, 50, 121]);
    expect(lookedAt.until).toBe(new Date(nowMs).toISOString());
  });

  it('goes on to what came later', async () => {
    const mail = put('delivered');
    const late = makeMailHistory({
      kind: 'complained',
      username: 'jane',
      iamUserName,
      to: ['kim@example.org'],
      sentAtMs,
      number: 0,
    });
    const complaint = late.lines[2]?.event as { detail: { mail: { messageId: string } } };
    log.put(
      { ...complaint, detail: { ...complaint.detail, mail: { ...complaint.detail.mail, messageId: mail.messageId } } },
      sentAtMs + 2 * HOUR,
    );
    const first = await find({ messageId: mail.messageId });
    expect(first.messages[0]?.recipients[0]?.state).toBe('delivered');
    const second = await find({ messageId: mail.messageId, cursor: first.nextCursor });
    expect(second.messages[0]?.events.map(({ type }) => type)).toEqual(['Complaint']);
    expect(second.nextCursor).toBeUndefined();
    const whole = await find({ messageId: mail.messageId, untilMs: nowMs });
    expect(whole.messages[0]?.recipients[0]?.state).toBe('complained');
  });

  it('falls back to the whole time that was asked for, if the id lies', async () => {
    const mail = put('delivered');
    for (const each of log.lines.splice(0)) log.lines.push({ ...each, atMs: each.atMs - 5 * HOUR });
    expect(await idsOf({ messageId: mail.messageId })).toEqual([]);
    expect(await idsOf({ messageId: mail.messageId, sinceMs: nowMs - 24 * HOUR })).toEqual([mail.messageId]);
  });

  it('says that nothing was found, and where it looked', async () => {
    put('delivered');
    const { messages, lookedAt, nextCursor } = await find({
      messageId: '0102019aa1b2c3d4-11111111-2222-3333-4444-555555555555-000000',
    });
    expect({ messages, nextCursor }).toEqual({ messages: [], nextCursor: undefined });
    expect(lookedAt.calls).toBeGreaterThan(0);
  });

  it('looks for a long and strange Message-ID of the client', async () => {
    const id = `${'a"\\b'.repeat(60)}@laptop.example`;
    const mail = makeMailHistory({
      kind: 'delivered',
      username: 'jane',
      iamUserName,
      to: ['kim@example.org'],
      sentAtMs,
      number: 0,
    });
    const text = JSON.stringify(mail.lines[0]?.event).replace(mail.clientMessageId, JSON.stringify(id).slice(1, -1));
    log.lines.push({ text, atMs: sentAtMs });
    expect(await idsOf({ messageId: `<${id}>` })).toEqual([mail.messageId]);
    expect(log.calls.at(-1)?.pattern.length).toBeLessThanOrEqual(1_024);
  });

  it.each(['nonsense', '250 Ok', '', 'a\u0000b@example.org'])('refuses %j', async (messageId) => {
    expect(await codeOf({ messageId })).toBe('InvalidMessageId');
  });
});

describe('by recipient', () => {
  it.each([
    ['kim+tag@example.org', 'KIM+Tag@Example.ORG'],
    ['Kim.O-Lee@Example.org', 'kim.o-lee@example.org'],
    ["o'neil@example.org", "O'Neil@example.org"],
    ['kim@xn--bcher-kva.example', 'kim@bücher.example'],
    ['kim@xn--bcher-kva.example', 'Kim@XN--BCHER-KVA.example'],
    ['kim@bücher.example', 'kim@xn--bcher-kva.example'],
    ['Kim Lee <kim@example.org>', 'kim@example.org'],
    ['kim@example.org', 'Kim Lee <kim@example.org>'],
  ])('%s is found by %s', async (to, asked) => {
    const mail = put('delivered', { to: [to] });
    put('delivered', { to: ['other@example.org'] });
    expect(await idsOf({ recipient: asked })).toEqual([mail.messageId]);
  });

  it('takes no part of an address, and no sender, for the address', async () => {
    put('delivered', { to: ['xkim@example.org', 'kim@example.org.example'] });
    expect(await idsOf({ recipient: 'kim@example.org' })).toEqual([]);
    expect(await idsOf({ recipient: 'jane@example.com' })).toEqual([]);
  });

  it.each(['kim', '@example.org', 'a@b, c@d', ''])('refuses %s', async (recipient) => {
    expect(await codeOf({ recipient })).toBe('InvalidAddress');
  });

  it('fits the longest address into a pattern', async () => {
    const long = `${'k'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.example`;
    const mail = put('delivered', { to: [long] });
    expect(await idsOf({ recipient: long.toUpperCase() })).toEqual([mail.messageId]);
    expect(log.calls.at(-1)?.pattern.length).toBeLessThanOrEqual(1_024);
  });
});

describe('by credential', () => {
  it('takes all IAM users that it has had, and no other credential that begins like it', async () => {
    const mine = put('delivered');
    const earlier = put('delivered', { iamUserName: 'ses-smtp-user-jane-1700000000000', sentAtMs: sentAtMs + 1 });
    put('delivered', { iamUserName: 'ses-smtp-user-jane-2-1764151200000' });
    expect(await idsOf({ username: 'jane' })).toEqual([mine.messageId, earlier.messageId]);
  });

  it('finds mails of one whose record is gone, and says so', async () => {
    records.clear();
    put('delivered');
    const { messages } = await find({ username: 'jane' });
    expect(messages).toMatchObject([
      {
        credential: null,
        iamUser: iamUserName,
        verdict: { code: 'record-missing' },
        unknown: [{ code: 'CredentialGone' }],
      },
    ]);
  });

  it('finds a credential whose name is too long for an IAM user', async () => {
    const username = `${'long.'.repeat(12)}name`;
    records.set(username, {});
    const mail = put('delivered', { iamUserName: buildIamUserName(username, 1_764_151_200_000) });
    put('delivered', { iamUserName: buildIamUserName(`${username}.other`, 1_764_151_200_000) });
    const { messages } = await find({ username });
    expect(messages).toMatchObject([{ messageId: mail.messageId, credential: username }]);
  });

  it('names who else sent', async () => {
    put('delivered', { iamUserName: 'root' });
    const { messages } = await find({ recipient: 'kim@example.org' });
    expect(messages).toMatchObject([{ credential: null, unknown: [{ code: 'CredentialUnknown' }] }]);
  });

  it('combines with a recipient', async () => {
    const mail = put('delivered');
    put('delivered', { iamUserName: 'ses-smtp-user-max-1764151200000' });
    expect(await idsOf({ username: 'jane', recipient: 'kim@example.org' })).toEqual([mail.messageId]);
  });
});

describe('by time', () => {
  it('takes the last day, or what is asked', async () => {
    const old = put('delivered', { sentAtMs: sentAtMs - 48 * HOUR });
    const mail = put('delivered');
    expect(await idsOf({})).toEqual([mail.messageId]);
    expect(await idsOf({ sinceMs: nowMs - 72 * HOUR, untilMs: nowMs - 24 * HOUR })).toEqual([old.messageId]);
  });

  it('refuses a time that ends before it begins', async () => {
    expect(await codeOf({ sinceMs: nowMs, untilMs: nowMs - 1 })).toBe('InvalidTime');
    expect(await codeOf({ messageId: put('delivered').messageId, untilMs: sentAtMs - HOUR })).toBe('InvalidTime');
  });
});

describe('pages', () => {
  it('end soon after the limit, and together hold every event once', async () => {
    const mails = Array.from({ length: 30 }, (_, index) => put('delivered', { sentAtMs: sentAtMs + index * 1_000 }));
    const found = new Map<string, number>();
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await find({ limit: 10, cursor });
      for (const { messageId, events } of page.messages)
        found.set(messageId, (found.get(messageId) ?? 0) + events.length);
      expect(page.messages.length).toBeLessThanOrEqual(14);
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(4);
    expect(found).toEqual(new Map(mails.map(({ messageId }) => [messageId, 2])));
  });

  it('stop in time, with a cursor, although nothing was found yet', async () => {
    for (let index = 0; index < 100; index += 1) put('delivered', { to: ['other@example.org'] });
    const slow: FindMessagesDeps['eventLog'] = {
      readPage(query, token) {
        clock += 5_000;
        return log.search.readPage(query, token);
      },
    };
    const { messages, nextCursor, lookedAt } = await find({ recipient: 'kim@example.org' }, { eventLog: slow });
    expect(messages).toEqual([]);
    expect(lookedAt.calls).toBe(3);
    expect(nextCursor).toBeDefined();
  });

  it('refuse every cursor that is not one of ours, or of another search', async () => {
    for (let index = 0; index < 20; index += 1) put('delivered');
    const { nextCursor = '' } = await find({ recipient: 'kim@example.org', limit: 1 });
    const forge = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const cursor of [
      '',
      'x',
      `${nextCursor}=`,
      nextCursor.slice(1),
      forge([1, 2, 3]),
      forge([3, 2, 3, null]),
      forge([1, 2, 3, 4]),
      forge([-1, 2, 3, null]),
      forge([1, 2, 3, 'nonsense']),
      forge([1, 2, Number.MAX_SAFE_INTEGER, null]),
      forge({}),
    ]) {
      expect(await codeOf({ recipient: 'kim@example.org', cursor }), cursor).toBe('InvalidCursor');
    }
    expect(await codeOf({ recipient: 'lee@example.org', cursor: nextCursor })).toBe('InvalidCursor');
  });
});

describe('the suppression list', () => {
  it('is asked about recipients that did not get it, in the spelling of the mail and in lower case', async () => {
    suppressed.put('kim@example.org');
    const mail = put('bounced', { to: ['Kim@Example.org'] });
    const { messages } = await find({ messageId: mail.messageId });
    expect(messages[0]?.recipients).toMatchObject([
      { address: 'Kim@Example.org', state: 'bounced', suppression: { address: 'kim@example.org', reason: 'BOUNCE' } },
    ]);
    expect(suppressed.asked).toEqual(['Kim@Example.org', 'Kim@example.org', 'kim@example.org']);
  });

  it('is asked about nobody else, and not for a whole list of mails', async () => {
    const mail = put('two-recipients');
    const { messages } = await find({ messageId: mail.messageId });
    expect(suppressed.asked).toEqual(['lee@example.org']);
    expect(messages[0]?.recipients).toEqual([
      expect.not.objectContaining({ suppression: expect.anything() }),
      expect.objectContaining({ suppression: null }),
    ]);
    await find({ username: 'jane' });
    expect(suppressed.asked).toHaveLength(1);
  });

  it('is unknown if SES does not answer', async () => {
    const mail = put('bounced');
    const broken = {
      ...suppressed,
      find: () => Promise.reject(new SesameError('AccessDeniedException', 'retryable', 'No.')),
    };
    const { messages } = await find({ messageId: mail.messageId }, { suppressed: broken });
    expect(messages[0]?.unknown).toMatchObject([
      { code: 'SuppressionUnread', message: 'The right ses:GetSuppressedDestination is missing. No.' },
    ]);
  });
});

it('judges the sender by the record as it is now', async () => {
  records.set('jane', { ...record, allowed_from_addresses: ['other@example.com'], policy_digest: undefined });
  const mail = put('delivered');
  const { messages } = await find({ messageId: mail.messageId });
  expect(messages[0]?.verdict.code).toMatch(/^(violation|changed-since)$/);
  expect(messages[0]?.verdict.senders).toContainEqual({ where: 'from', address: 'jane@example.com' });
});

it('says what is missing where there is no event log', async () => {
  expect(await codeOf({}, { eventLog: undefined })).toBe('EventLogMissing');
  const gone = {
    readPage: () => Promise.reject(new SesameError('ResourceNotFoundException', 'permanent', 'No group.')),
  };
  expect(await codeOf({}, { eventLog: gone })).toBe('EventLogMissing');
  const denied = { readPage: () => Promise.reject(new SesameError('AccessDeniedException', 'retryable', 'No.')) };
  expect(await codeOf({}, { eventLog: denied })).toBe('AccessDeniedException');
});
