import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSesMail } from '../local/ses-events/build-ses-mail.ts';
import { authorizeSending, type FromAddressReading } from '../local/smtp-endpoint/authorize-sending.ts';
import { readHeaders } from '../local/smtp-endpoint/read-headers.ts';
import { SmtpReply } from '../local/smtp-endpoint/ses-replies.ts';
import type { Item } from '../src/credential/credential-table.ts';
import { buildPolicy } from '../src/credential/record/desired-state.ts';
import { readRecord } from '../src/credential/record/record.ts';
import { parseSpec } from '../src/credential/record/spec.ts';
import { countFeedback } from '../src/mail-events/feedback.ts';
import { readRecipient } from '../src/mail-events/recipients.ts';
import { judgeSender } from '../src/mail-events/sender-verdict.ts';
import type { SendingEvent } from '../src/mail-events/sending-event.ts';
import { readSesEvent } from '../src/mail-events/ses-event.ts';
import { damagedEvents } from './support/damaged-events.ts';
import { iamUserName, sesEvents } from './support/ses-events.ts';
import { variedEvents } from './support/varied-events.ts';
import { writtenAddress, writtenList } from './support/written-addresses.ts';

/** Together with the runs on headers below, more than 50,000 mutated mails, headers and events. */
const runs = { varied: 25_000, damaged: 20_000, headers: 4_000, mails: 1_500 };

const item: Item = {
  status: 'active',
  allowed_from_addresses: ['jane@example.com', '*@news.example.com', 'Team.*@Example.org'],
  iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${iamUserName}`,
  access_key_id: 'AKIAIOSFODNN7EXAMPLE',
  updated_at: '2026-02-01T00:00:00.000Z',
};
const allowed = ['jane@example.com', 'anybody@news.example.com', 'Team.Mail@example.org'];
const forbidden = ['ceo@example.com', 'Jane@example.com', 'team.mail@example.org', 'jane@example.com.example.net'];
const record = (changes: Item = {}) => readRecord('jane', { ...item, ...changes });

describe('an event that SES may send', () => {
  it('is read, blames nobody for an allowed sender, and counts no more recipients than the mail had', () => {
    const counters = new Map<string, number>();
    fc.assert(
      fc.property(variedEvents(), ({ input, type, recipients }) => {
        const read = readSesEvent(input);
        if (read.result !== 'event') throw new Error(JSON.stringify(read));
        expect(read.event.type).toBe(type);
        expect(['allowed', 'unreadable']).toContain(judgeSender(read.event, record()).verdict);
        const feedback = countFeedback(read.event);
        if (feedback === undefined) return;
        counters.set(feedback.counter, (counters.get(feedback.counter) ?? 0) + 1);
        const distinct = new Set(recipients.map(readRecipient));
        expect(feedback.countableKeys.length).toBeLessThanOrEqual(distinct.size);
        if (type === 'Send') expect(feedback.countableKeys.length).toBe(distinct.size);
        expect(feedback.suppressible.filter(({ address }) => !distinct.has(address))).toEqual([]);
      }),
      { numRuns: runs.varied },
    );
    expect([...counters.keys()].sort()).toEqual([
      'complaints',
      'deliveries',
      'hard_bounces',
      'rejects',
      'sends',
      'soft_bounces',
    ]);
  });

  it('never throws when it is damaged, blames nobody for an allowed sender, and has short, distinct keys', () => {
    fc.assert(
      fc.property(damagedEvents(Object.keys(sesEvents())), (input) => {
        const read = readSesEvent(input);
        if (read.result !== 'event') return;
        expect(judgeSender(read.event, record()).verdict).not.toBe('violation');
        const feedback = countFeedback(read.event);
        if (feedback === undefined) return;
        expect(Number.isFinite(feedback.atMs)).toBe(true);
        expect(Buffer.byteLength(feedback.dedupKey)).toBeLessThan(900);
        expect(feedback.countableKeys.length).toBeGreaterThan(0);
        expect(new Set(feedback.countableKeys).size).toBe(feedback.countableKeys.length);
      }),
      { numRuns: runs.damaged },
    );
  });
});

describe('a From header', () => {
  const judge = (value: string, changes: Item = {}) => {
    const mail = { ...(sesEvents()['Send']?.['mail'] as Item), headers: [{ name: 'From', value }] };
    const read = readSesEvent({ eventType: 'Send', mail, send: {} });
    if (read.result !== 'event') throw new Error(JSON.stringify(read));
    return judgeSender(read.event, record(changes)).verdict;
  };
  const unfold = (text: string) => text.replaceAll(/\r\n(?=[ \t])/g, '');
  const anyOf = (addresses: readonly string[]) => fc.constantFrom(...addresses).chain(writtenAddress);

  it('of allowed addresses is allowed, however it is written', () => {
    fc.assert(
      fc.property(writtenList(anyOf(allowed)), (header) => {
        expect(judge(unfold(header))).toBe('allowed');
      }),
      { numRuns: runs.headers },
    );
  });

  it('with another address is a violation, however it is written', () => {
    fc.assert(
      fc.property(writtenList(anyOf(forbidden)), (header) => {
        expect(judge(unfold(header))).toBe('violation');
      }),
      { numRuns: runs.headers },
    );
  });
});

describe('a mail that the local endpoint accepts', () => {
  const region = 'eu-west-1';
  const accountId = '123456789012';
  const scope = { partition: 'aws', region, accountId, configurationSet: 'mail' };
  const identities = ['example.com', 'example.org', 'example.net'].map((name) => ({ name, verified: true }));
  const anyAddress = fc.constantFrom(...allowed, ...allowed, ...forbidden);
  const records = fc.constantFrom<Item>(
    {},
    { allowed_envelope_senders: ['bounces+*@example.com', 'jane@example.com'] },
    { allowed_from_addresses: ['*@example.com', 'jane@example.com.example.net'] },
  );

  interface Submission {
    readonly from: string;
    readonly sender: string | undefined;
    readonly envelope: string;
    readonly changes: Item;
    readonly fromAddress: FromAddressReading;
    readonly strict: boolean;
  }
  const sentAt = new Date('2026-03-01T10:15:00.000Z');
  const submissions: fc.Arbitrary<Submission> = fc.record({
    from: writtenList(anyAddress.chain(writtenAddress)),
    sender: fc.option(anyAddress.chain(writtenAddress), { nil: undefined }),
    envelope: fc.oneof(anyAddress, fc.constantFrom('bounces+kim=example.org@example.com', 'other@example.com')),
    changes: records,
    fromAddress: fc.constantFrom<FromAddressReading>('both', 'header', 'envelope'),
    strict: fc.boolean(),
  });

  async function isAccepted(raw: Buffer, each: Submission) {
    try {
      const headers = readHeaders(raw);
      const attributes = { ...item, ...each.changes };
      const { document } = buildPolicy(parseSpec(attributes).spec, attributes, scope);
      await authorizeSending({
        ...each,
        region,
        accountId,
        userName: iamUserName,
        permissions: {
          userArn: String(item['iam_user_arn']),
          identityPolicies: [{ name: 'sesame-sending', document }],
          permissionsBoundary: undefined,
        },
        identities,
        envelopeFrom: each.envelope,
        from: headers.from,
        otherSenders: headers.otherSenders,
        recipients: ['kim@example.org'],
        configurationSets: ['mail'],
        identityArns: [],
        sourceIp: '192.0.2.7',
        now: sentAt,
      });
      return true;
    } catch (error) {
      if (error instanceof SmtpReply) return false;
      throw error;
    }
  }

  /** The event that SES makes of the mail. */
  function readSend(raw: Buffer, envelope: string): SendingEvent {
    const mail = buildSesMail(
      {
        id: 'mail-1',
        acceptedAt: sentAt,
        userName: iamUserName,
        userArn: String(item['iam_user_arn']),
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        envelope: { from: envelope, to: ['kim@example.org'] },
        from: [],
        to: [],
        subject: '',
        messageIdHeader: '',
        configurationSet: 'mail',
        sourceIp: '192.0.2.7',
        tls: 'starttls',
        size: raw.length,
        raw,
      },
      { partition: 'aws', region, accountId },
    );
    const read = readSesEvent({ eventType: 'Send', mail, send: {} });
    if (read.result !== 'event') throw new Error(JSON.stringify(read));
    return read.event;
  }

  function judgeAccepted(each: Submission, raw: Buffer): string {
    const envelope = each.strict ? 'strict' : 'notice';
    const verdict = judgeSender(readSend(raw, each.envelope), record(each.changes), { envelope });
    if (verdict.verdict !== 'violation') return verdict.verdict;
    const places = new Set(verdict.senders.map(({ where }) => where));
    // In the reading `envelope`, SES itself doesn't look at the From header.
    const expected = each.fromAddress === 'envelope' ? ['from', 'sender', 'envelope'] : ['sender', 'envelope'];
    expect([...places].filter((place) => !expected.includes(place))).toEqual([]);
    if (places.has('envelope') && places.size === 1) expect(each.strict && each.fromAddress === 'header').toBe(true);
    return 'violation';
  }

  it('is a violation only by its Sender header, or by its envelope in strict mode', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(submissions, async (each) => {
        const sent = each.sender === undefined ? '' : `Sender: ${each.sender}\r\n`;
        const raw = Buffer.from(`From: ${each.from}\r\n${sent}To: kim@example.org\r\n\r\nHi`);
        const verdict = (await isAccepted(raw, each)) ? judgeAccepted(each, raw) : 'refused';
        seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
      }),
      { numRuns: runs.mails },
    );
    expect([...seen.keys()].sort()).toEqual(['allowed', 'other-envelope', 'refused', 'violation']);
  });
});
