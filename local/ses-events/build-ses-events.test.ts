import { describe, expect, it } from 'vitest';
import type { AcceptedMail } from '../smtp-endpoint/mailbox.ts';
import { buildSesEvents } from './build-ses-events.ts';

const at = new Date('2026-01-02T03:04:05.678Z');
const sources = {
  partition: 'aws',
  region: 'us-east-1',
  accountId: '000000000000',
  newFeedbackId: () => 'feedback-1',
  now: () => new Date(at.getTime() + 900),
};

function accepted(to: string[], raw = 'From: Ann <ann@example.com>\r\nSubject: Hello\r\n\r\nHello\r\n'): AcceptedMail {
  return {
    id: '0100-1',
    acceptedAt: at,
    userName: 'ses-smtp-user-ann-1700000000000',
    userArn: 'arn:aws:iam::000000000000:user/ses-smtp/ses-smtp-user-ann-1700000000000',
    accessKeyId: 'AKIA',
    envelope: { from: 'ann@example.com', to },
    from: ['ann@example.com'],
    to,
    subject: 'Hello',
    messageIdHeader: '',
    configurationSet: 'smtp',
    sourceIp: '::ffff:127.0.0.1',
    tls: 'starttls',
    size: raw.length,
    raw: Buffer.from(raw),
  };
}

/** The parts of an event that these tests check. */
interface PlainEvent {
  eventType: string;
  mail: { headers: unknown; headersTruncated: boolean; tags: Record<string, string[]> };
  bounce: { bounceSubType: string };
  delivery: unknown;
}

const eventsOf = async (mail: AcceptedMail) =>
  (await buildSesEvents(mail, sources)).map(({ topic, event }) => ({ topic, event: event as unknown as PlainEvent }));

describe('the events of a mail', () => {
  it('are a Send and a Delivery for an ordinary recipient', async () => {
    const events = await eventsOf(accepted(['bob@example.org']));
    expect(events.map(({ topic, event }) => [topic, event.eventType])).toEqual([
      ['sends', 'Send'],
      ['deliveries', 'Delivery'],
    ]);
    expect(events[0]?.event.mail).toMatchObject({
      source: 'ann@example.com',
      messageId: '0100-1',
      headers: [
        { name: 'From', value: 'Ann <ann@example.com>' },
        { name: 'Subject', value: 'Hello' },
      ],
      commonHeaders: { from: ['Ann <ann@example.com>'], subject: 'Hello' },
      tags: { 'ses:caller-identity': ['ses-smtp-user-ann-1700000000000'], 'ses:source-ip': ['127.0.0.1'] },
    });
    expect(events[1]?.event.delivery).toMatchObject({ recipients: ['bob@example.org'], processingTimeMillis: 900 });
  });

  it.each([
    ['bounce', ['Send', 'Bounce']],
    ['bounce+label', ['Send', 'Bounce']],
    ['complaint', ['Send', 'Delivery', 'Complaint']],
    ['suppressionlist', ['Send', 'Bounce']],
    ['ooto', ['Send', 'Delivery', 'Bounce']],
    ['chaos+suppressed', ['Send', 'Bounce']],
    ['chaos+delayed', ['Send', 'DeliveryDelay', 'Delivery']],
    ['success', ['Send', 'Delivery']],
  ])('are those of the mailbox simulator for %s@', async (name, types) => {
    const events = await eventsOf(accepted([`${name}@simulator.amazonses.com`]));
    expect(events.map(({ event }) => event.eventType)).toEqual(types);
  });

  it('distinguish an unknown user from a suppressed one', async () => {
    const events = await eventsOf(
      accepted(['bounce@simulator.amazonses.com', 'suppressionlist@simulator.amazonses.com']),
    );
    expect(events.slice(1).map(({ event }) => event.bounce.bounceSubType)).toEqual(['General', 'Suppressed']);
  });

  it('tell of an automatic reply by a bounce that is none', async () => {
    const events = await eventsOf(accepted(['ooto@simulator.amazonses.com']));
    expect(events.at(-1)?.event.bounce).toMatchObject({ bounceType: 'Transient', bounceSubType: 'General' });
  });

  it('end with a Reject for the EICAR test file, plain or in an attachment', async () => {
    const eicar = `${'X5O!P%@AP[4\\PZX54(P^)7CC)7}$'}${'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`;
    const attached =
      'From: ann@example.com\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=a.com\r\n' +
      'Content-Disposition: attachment; filename=a.com\r\n' +
      `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(eicar).toString('base64')}\r\n`;
    for (const raw of [`From: ann@example.com\r\n\r\n${eicar}`, attached]) {
      const events = await eventsOf(accepted(['bob@example.org'], raw));
      expect(events.map(({ event }) => event.eventType)).toEqual(['Send', 'Reject']);
    }
  });

  it("hold the client's tags, which can't override those of SES", async () => {
    const tags = [
      { name: 'team', value: 'blue' },
      { name: 'ses:caller-identity', value: 'root' },
    ];
    const [send] = await eventsOf({ ...accepted(['bob@example.org']), tags });
    expect(send?.event.mail.tags).toMatchObject({
      team: ['blue'],
      'ses:caller-identity': ['ses-smtp-user-ann-1700000000000'],
    });
  });

  it('hold 10 KB of headers, and mark longer ones as truncated', async () => {
    const raw = `From: ann@example.com\r\n${`X-Long: ${'x'.repeat(500)}\r\n`.repeat(30)}\r\n`;
    const [send] = await eventsOf(accepted(['bob@example.org'], raw));
    expect(send?.event.mail.headersTruncated).toBe(true);
    expect(JSON.stringify(send?.event.mail.headers).length).toBeLessThan(12_000);
  });
});
