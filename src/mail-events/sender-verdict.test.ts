import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damagedEvents } from '../../test/support/damaged-events.ts';
import { iamUserName, inSns, onEventBridge, sentAt, sesEvents, sesMail } from '../../test/support/ses-events.ts';
import type { Item } from '../credential/credential-table.ts';
import { readDesiredDigest } from '../credential/record/desired-state.ts';
import { readRecord } from '../credential/record/record.ts';
import { judgeSender, needsFreshRecord, type Verdict } from './sender-verdict.ts';
import { readSesEvent } from './ses-event.ts';

const item: Item = {
  status: 'active',
  allowed_from_addresses: ['jane@example.com', '*@news.example.com', 'bot*@xn--bcher-kva.example'],
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  access_key_id: 'AKIAIOSFODNN7EXAMPLE',
  updated_at: '2026-02-01T00:00:00.000Z',
};
const record = (changes: Item = {}) => readRecord('jane', { ...item, ...changes });
const later = (seconds: number) => new Date(Date.parse(sentAt) + seconds * 1000).toISOString();

function judgeMail(mail: Record<string, unknown>, changes: Item = {}, propagationSeconds = 0): Verdict {
  const read = readSesEvent(sesEvents(sesMail(mail))['Send']);
  if (read.result !== 'event') throw new Error(JSON.stringify(read));
  return judgeSender(read.event, record(changes), { propagationSeconds });
}

const from = (...values: unknown[]) => ({ headers: values.map((value) => ({ name: 'From', value })) });
const nameless = { headers: [], commonHeaders: {} };
const withSender = (value: string) => ({
  headers: [
    { name: 'fRom ', value: 'jane@example.com' },
    { name: 'SENDER', value },
  ],
});

describe('the verdict on a sender', () => {
  it('is the same for Send and Reject, and for an event of EventBridge', () => {
    for (const word of ['Send', 'Reject']) {
      const event = sesEvents()[word];
      for (const input of [event, inSns(event), onEventBridge('Email Sent', event)]) {
        const read = readSesEvent(input);
        expect(read.result === 'event' && judgeSender(read.event, record())).toEqual({
          verdict: 'allowed',
          username: 'jane',
        });
      }
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['a display name', from('"Roe, Jane" <jane@example.com>')],
    ['a name that looks like another address', from('"ceo@example.net" <jane@example.com>')],
    ['a wildcard', from('anybody@news.example.com')],
    ['a group', from('Us: jane@example.com, x@news.example.com;')],
    ['several From headers', from('jane@example.com', 'x@news.example.com')],
    ['other letters in the domain', from('jane@Example.com')],
    ['an IDN in either form', from('bot-1@bücher.example', 'bot-2@xn--bcher-kva.example')],
    ['quotes without need', from('"jane"@example.com')],
    ['another Sender that is allowed, too', withSender('x@news.example.com')],
    ['an envelope with a name, as the API gives it', { source: 'Jane <jane@example.com>' }],
    ['no headers, but common ones', { headers: undefined }],
    ['cut headers, where the common ones tell', { ...from('jane@exam'), headersTruncated: true }],
    ['cut headers, told as text', { ...from('jane@exam'), headersTruncated: 'true' }],
  ])('allows %s', (_, mail) => {
    expect(judgeMail(mail)).toEqual({ verdict: 'allowed', username: 'jane' });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'another envelope where no From is named',
      { ...nameless, source: 'kim@example.com' },
      'envelope',
      'kim@example.com',
    ],
    ['another From', from('Jane <kim@example.com>'), 'from', 'kim@example.com'],
    ['a second From header', from('jane@example.com', 'kim@example.com'), 'from', 'kim@example.com'],
    ['a second address', from('jane@example.com, kim@example.com'), 'from', 'kim@example.com'],
    ['one in a group', from('Us: jane@example.com, kim@example.com;'), 'from', 'kim@example.com'],
    ['one beside what nobody can read', from('jane@@, <kim@example.com>'), 'from', 'kim@example.com'],
    ['another Sender', withSender('kim@example.com'), 'sender', 'kim@example.com'],
    ['other letters in the local part, as the policy does', from('Jane@example.com'), 'from', 'Jane@example.com'],
    [
      'an allowed address as a local part',
      from('"jane@example.com"@example.net'),
      'from',
      '"jane@example.com"@example.net',
    ],
    ['a longer domain', from('jane@example.com.example.net'), 'from', 'jane@example.com.example.net'],
    ['a subdomain', from('x@a.news.example.com'), 'from', 'x@a.news.example.com'],
  ])('finds %s', (_, mail, where, address) => {
    expect(judgeMail(mail)).toMatchObject({
      verdict: 'violation',
      username: 'jane',
      moreSenders: 0,
      senders: [{ where, address }],
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no From anywhere', { headers: [], commonHeaders: {} }],
    ['a From that is a number', from(7)],
    ['a From without structure', from('"jane <kim@example.com>')],
    ['an address beyond ASCII that may be another', from('jane@exаmple.com')],
    ['no envelope', { source: undefined }],
    ['an empty envelope', { source: '<>' }],
    ['a stray colon in the only envelope', { ...nameless, source: 'j:ane@example.com' }],
    ['a group as the only envelope', { ...nameless, source: 'Us: kim@example.com;' }],
    ['a stray colon in a From', from('j:ane@example.com')],
    ['a group in common headers', { headers: [], commonHeaders: { from: ['Us: kim@example.com;'] } }],
    ['two addresses as envelope', { source: 'jane@example.com, kim@example.com' }],
    [
      'common headers with a list in a name',
      { headers: [], commonHeaders: { from: ['kim@example.com, Jane <jane@example.com>'] } },
    ],
    ['a Sender that was cut', { ...withSender('kim@exam'), headersTruncated: true }],
  ])('does not blame the sender for %s', (_, mail) => {
    expect(judgeMail(mail)).toMatchObject({ verdict: 'unreadable', username: 'jane' });
  });

  it('lists ten of many, and counts the others', () => {
    const many = Array.from({ length: 500 }, (_, index) => `x${index}@example.net`).join();
    const verdict = judgeMail(from(many));
    expect(verdict).toMatchObject({ verdict: 'violation', moreSenders: 490 });
    expect(verdict.verdict === 'violation' && verdict.senders.length).toBe(10);
  });

  it.each([
    [undefined, 'missing'],
    ['root', 'root'],
    ['arn:aws:iam::123456789012:root', 'root'],
    ['arn:aws:sts::123456789012:assumed-role/mailer/session', 'role'],
    ['AROAEXAMPLEID:session', 'role'],
    ['alice', 'other-user'],
    ['ses-smtp-user-', 'other-user'],
    ['ses-smtp-user.20260101-000000', 'other-user'],
  ])('classifies %j as unknown', (identity, why) => {
    const tags = { 'ses:caller-identity': identity === undefined ? [] : [identity] };
    expect(judgeMail({ tags })).toMatchObject({ verdict: 'unknown-identity', why });
  });

  it('takes the identity from SES, whatever tags the client adds', () => {
    expect(judgeMail({ tags: { 'Ses:Caller-Identity': [iamUserName], username: ['jane'] } })).toMatchObject({
      verdict: 'unknown-identity',
    });
    expect(judgeMail({ tags: undefined, callerIdentity: iamUserName })).toMatchObject({ verdict: 'allowed' });
    const arn = `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`;
    expect(judgeMail({ tags: { 'ses:caller-identity': [arn] } })).toMatchObject({ verdict: 'allowed' });
  });

  it('recognises an IAM user without a record, and a record with another user', () => {
    const read = readSesEvent(sesEvents()['Send']);
    if (read.result !== 'event') throw new Error('no event');
    expect(judgeSender(read.event, undefined)).toEqual({ verdict: 'record-missing', iamUserName });
    const other = record({
      iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764000009999',
    });
    expect(judgeSender(read.event, other)).toEqual({ verdict: 'record-missing', iamUserName });
  });

  it('reports a disabled credential that sends after its keys are off and IAM has propagated it', () => {
    const suspension = { reason: 'BounceRate', at: later(-120), evidence: 'words' };
    const disabled = { status: 'disabled', disabled_at: later(-60), suspension };
    expect(judgeMail({}, disabled)).toMatchObject({
      verdict: 'sends-while-disabled',
      suspensionReason: 'BounceRate',
      senders: [],
    });
    expect(judgeMail(from('kim@example.com'), disabled)).toMatchObject({
      verdict: 'sends-while-disabled',
      senders: [{ where: 'from' }],
    });
    expect(judgeMail({}, disabled, 90)).toMatchObject({ verdict: 'allowed' });
    expect(judgeMail({}, { ...disabled, disabled_at: later(5) })).toMatchObject({ verdict: 'allowed' });
    expect(judgeMail({}, { status: 'disabled' })).toMatchObject({ verdict: 'allowed' });
  });

  it.each([
    ['for each recipient (VERP)', 'bounces+kim=example.org@example.com'],
    ['at another domain', 'bounces@example.net'],
  ])('reports another envelope %s without blame, because IAM restricts the From address', (_, source) => {
    expect(judgeMail({ source })).toEqual({
      verdict: 'other-envelope',
      username: 'jane',
      senders: [{ where: 'envelope', address: source, isBeyondAscii: false }],
      moreSenders: 0,
    });
    expect(judgeMail({ source, ...from('kim@example.com') })).toMatchObject({ verdict: 'violation' });
    expect(judgeMail({ source, ...from('"jane <kim@example.com>') })).toMatchObject({ verdict: 'unreadable' });
  });

  it('blames another envelope if the deployment is strict', () => {
    const read = readSesEvent(sesEvents(sesMail({ source: 'bounces@example.com' }))['Send']);
    const verdict = read.result === 'event' && judgeSender(read.event, record(), { envelope: 'strict' });
    expect(verdict).toMatchObject({ verdict: 'violation', senders: [{ where: 'envelope' }] });
  });

  describe('of a record that names envelope senders', () => {
    const limited = { allowed_envelope_senders: ['bounces+*@Example.com'] };

    it.each([
      ['bounces+kim=example.org@example.com', {}, 'allowed'],
      ['bounces+kim=example.org@EXAMPLE.com', {}, 'allowed'],
      // The policy allows these envelopes only.
      ['jane@example.com', {}, 'violation'],
      ['Bounces+kim=example.org@example.com', {}, 'violation'],
      ['bounces+kim=example.org@example.com', from('kim@example.com'), 'violation'],
      // Without a From, the envelope is the sender, too.
      ['bounces+kim=example.org@example.com', nameless, 'violation'],
    ])('judges the envelope %s by them, with %j: %s', (source, mail, verdict) => {
      expect(judgeMail({ ...mail, source }, limited)).toMatchObject({ verdict });
    });

    it('that are invalid blames nobody', () => {
      expect(judgeMail({}, { allowed_envelope_senders: ['*'] })).toMatchObject({ verdict: 'record-invalid' });
    });
  });

  describe('with the scope of the policies', () => {
    const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' };
    const readEvent = (mail: Item) => {
      const read = readSesEvent(sesEvents(sesMail(mail))['Send']);
      if (read.result !== 'event') throw new Error(JSON.stringify(read));
      return read.event;
    };
    const judgeBy = (changes: Item, address = 'kim@example.com') =>
      judgeSender(readEvent(from(address)), record(changes), { propagationSeconds: 60, scope }).verdict;
    const inForce = `inline:${readDesiredDigest(item, scope)}`;
    const edited = { allowed_from_addresses: ['other@example.com'] };

    it('finds a violation of the policy in force', () => {
      expect(judgeBy({ policy_digest: inForce })).toBe('violation');
      expect(judgeBy({ policy_digest: 'inline:narrow', narrowed_from: inForce })).toBe('violation');
      expect(judgeBy({ policy_digest: inForce.replace('inline', 'managed') })).toBe('violation');
    });

    it.each<[string, Item]>([
      ['other addresses', edited],
      ['other networks', { allowed_source_ips: ['203.0.113.0/24'] }],
      ['other recipients', { allowed_recipients: ['*@example.org'] }],
      ['nothing that can be read', { allowed_source_ips: ['nowhere'] }],
    ])('does not blame the sender while the record asks for %s and IAM has the old policy', (_, changes) => {
      // An administrator's edit that the manager has not processed for hours: updated_at is old, and there is no claim.
      expect(judgeBy({ policy_digest: inForce, ...changes }, 'jane@example.com')).not.toBe('violation');
      expect(judgeBy({ policy_digest: inForce, ...changes })).toBe('changed-since');
    });

    it('checks a record that failed for an invalid edit against its last good policy', () => {
      const wrong = { status: 'failed', policy_digest: inForce, quota_per_hour: 'many' };
      expect(judgeBy({ ...wrong, failure: { code: 'InvalidQuotaPerHour' } })).toBe('violation');
      expect(judgeBy({ ...wrong, ...edited, failure: { code: 'InvalidQuotaPerHour' } })).toBe('changed-since');
      const throttled = { status: 'failed', policy_digest: inForce, failure: { code: 'ThrottlingException' } };
      expect(judgeBy(throttled)).toBe('changed-since');
    });

    it('says if the doubt lasts until somebody corrects the record', () => {
      const judge = (changes: Item) =>
        judgeSender(readEvent(from('kim@example.com')), record(changes), { propagationSeconds: 60, scope });
      const failed = { status: 'failed', failure: { code: 'ReceivingRuleMissing' } };
      expect(judge({ ...failed, policy_digest: 'inline:before' })).toMatchObject({
        verdict: 'changed-since',
        isFailed: true,
        senders: [{ address: 'kim@example.com' }],
      });
      for (const changes of [
        { ...edited, policy_digest: inForce },
        { ...failed, policy_digest: 'inline:before', updated_at: later(-10) },
        { ...failed, policy_digest: 'inline:before', claim: { by: 'run-1', at: later(10) } },
      ]) {
        expect(judge(changes)).toMatchObject({ verdict: 'changed-since' });
        expect(judge(changes)).not.toHaveProperty('isFailed');
      }
    });

    it('believes no time in the future', () => {
      const now = () => Date.parse(later(600));
      const judge = (changes: Item) =>
        judgeSender(readEvent(from('kim@example.com')), record({ policy_digest: inForce, ...changes }), {
          propagationSeconds: 60,
          scope,
          now,
        }).verdict;
      expect(judge({ updated_at: '2099-01-01T00:00:00.000Z' })).toBe('violation');
      // The event may be much older than the edit.
      expect(judge({ updated_at: later(600) })).toBe('changed-since');
      expect(judge({ updated_at: later(719) })).toBe('changed-since');
      expect(judge({ updated_at: later(721) })).toBe('violation');
      const other = 'arn:aws:iam::123456789012:user/ses-smtp/ses-smtp-user-jane-1764000009999';
      expect(judge({ iam_user_arn: other, created_at: '2099-01-01T00:00:00.000Z' })).toBe('record-missing');
    });

    it('is unsure only while a claim holds', () => {
      const claimed = (seconds: number) => ({ policy_digest: inForce, claim: { by: 'run-1', at: later(seconds) } });
      expect(judgeBy(claimed(-10))).toBe('changed-since');
      expect(judgeBy(claimed(10))).toBe('changed-since');
      expect(judgeBy(claimed(-151))).toBe('violation');
      expect(judgeBy({ policy_digest: inForce, claim: { by: 'x', at: '2099-01-01T00:00:00.000Z' } })).toBe('violation');
    });

    it('does not treat the IAM user of a replaced record as an orphan', () => {
      const other = 'arn:aws:iam::123456789012:user/ses-smtp/ses-smtp-user-jane-1764000009999';
      const replaced = (changes: Item) => judgeBy({ iam_user_arn: other, updated_at: undefined, ...changes });
      expect(replaced({ created_at: later(5) })).toBe('changed-since');
      expect(replaced({ created_at: later(-30) })).toBe('changed-since');
      expect(replaced({ created_at: later(-61) })).toBe('record-missing');
      expect(replaced({ created_at: later(-9000), key_created_at: later(5) })).toBe('changed-since');
      expect(replaced({ iam_user_arn: undefined, status: 'pending' })).toBe('changed-since');
    });
  });

  it('does not blame a mail for a later change of the record', () => {
    const forged = from('kim@example.com');
    expect(judgeMail(forged, { updated_at: later(1) })).toMatchObject({ verdict: 'changed-since' });
    expect(judgeMail(forged, { updated_at: later(-5) })).toMatchObject({ verdict: 'violation' });
    expect(judgeMail(forged, { updated_at: later(-5) }, 10)).toMatchObject({ verdict: 'changed-since' });
    expect(judgeMail(forged, { claim: { at: later(1), by: 'run-1' } })).toMatchObject({ verdict: 'changed-since' });
    // Its last good policy is in force, and may allow what the record no longer asks for.
    expect(judgeMail(forged, { status: 'failed' })).toMatchObject({ verdict: 'changed-since' });
    expect(judgeMail(forged, { updated_at: 'whenever' })).toMatchObject({ verdict: 'violation' });
  });

  it.each([undefined, [], 'jane@example.com', ['*'], [7]])(
    "doesn't judge by patterns that can't be read: %j",
    (value) => {
      expect(judgeMail(from('kim@example.com'), { allowed_from_addresses: value })).toEqual({
        verdict: 'record-invalid',
        username: 'jane',
      });
    },
  );

  it('accepts a string set', () => {
    expect(judgeMail({}, { allowed_from_addresses: new Set(['jane@example.com']) })).toMatchObject({
      verdict: 'allowed',
    });
  });

  it('requires a fresh record for every verdict that counts against the sender', () => {
    expect(needsFreshRecord(judgeMail({}))).toBe(false);
    expect(needsFreshRecord(judgeMail({ tags: {} }))).toBe(false);
    expect(needsFreshRecord(judgeMail(from('kim@example.com')))).toBe(true);
    expect(needsFreshRecord(judgeMail({}, { allowed_from_addresses: [] }))).toBe(true);
  });

  it('never throws and never finds a violation when an allowed event is damaged', () => {
    const verdicts = new Map<string, number>();
    fc.assert(
      fc.property(damagedEvents(['Send', 'Reject']), (input) => {
        const read = readSesEvent(input);
        const verdict = read.result === 'event' ? judgeSender(read.event, record()).verdict : read.result;
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
        expect(verdict).not.toBe('violation');
      }),
      { numRuns: 4000 },
    );
    // The damage reaches every part of the check, and leaves some events intact.
    expect([...verdicts.keys()]).toEqual(
      expect.arrayContaining(['allowed', 'unreadable', 'unknown-identity', 'not-understood']),
    );
  });

  it('survives a sparse list', () => {
    const from: unknown[] = [];
    from.length = 1;
    expect(judgeMail({ headers: null, commonHeaders: { from } })).toMatchObject({ verdict: 'unreadable' });
  });

  it('survives 256 KB in any field', () => {
    const large = [
      'x'.repeat(262_144),
      '<'.repeat(262_144),
      'a@b.example,'.repeat(21_000),
      '\ud83d\ude00'.repeat(65_536),
    ];
    const lists = [
      Array(100_000).fill(0),
      Array(20_000).fill({ name: 'From', value: 'x' }),
      Array(20_000).fill('jane@example.com'),
    ];
    for (const value of [...large, ...lists]) {
      for (const name of Object.keys(sesMail())) {
        const read = readSesEvent(JSON.stringify(sesEvents(sesMail({ [name]: value }))['Send']));
        const verdict = read.result === 'event' ? judgeSender(read.event, record()).verdict : read.result;
        expect(verdict, name).not.toBe('violation');
      }
    }
  });
});
