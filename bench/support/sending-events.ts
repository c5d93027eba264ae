import { buildIamUserName } from '../../src/credential/iam/iam-user-name.ts';

/** Generated events, and the counters that they must lead to. */
export interface EventLoad {
  /** SQS message bodies: SES's events in SNS's envelope. */
  readonly bodies: readonly string[];
  /** The expected counters by username. */
  readonly expected: ReadonlyMap<string, Record<string, number>>;
}

/** Options of the generated load. */
export interface EventLoadOptions {
  readonly usernames: readonly string[];
  readonly events: number;
  /** Recipients of each mail. SES reports the delivery, or the bounce, of each in an event of its own. Default 1. */
  readonly recipients?: number;
  /** Fractions. */
  readonly duplicated: number;
  readonly outOfOrder: number;
  /** When the first mail was sent, in epoch milliseconds, and the time span of all mails. */
  readonly fromMs: number;
  readonly spanMs: number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** When the load's IAM users were made. */
const madeAtMs = 1_760_000_000_000;

export const iamUserNameFor = (username: string): string => buildIamUserName(username, madeAtMs);

/**
 * Makes events as SES sends them: each mail is sent, nine of ten are delivered, and one in fifty bounces or gets a complaint.
 * Some events come twice, some late.
 */
export function makeEventLoad(options: EventLoadOptions): EventLoad {
  const { usernames, events, recipients = 1, duplicated, outOfOrder, fromMs, spanMs, random } = options;
  const expected = new Map<string, Record<string, number>>();
  const messages: { body: string; order: number }[] = [];
  const distinct = Math.round(events * (1 - duplicated));
  for (let index = 0; messages.length < distinct; index += 1) {
    const username = usernames[index % usernames.length] ?? '';
    const sentAtMs = fromMs + Math.floor((index / distinct) * (1 + recipients) * spanMs);
    for (const { type, counter, recipient } of fatesOf(index, recipients)) {
      if (messages.length >= distinct) break;
      const counters = expected.get(username) ?? {};
      const mail: Mail = { index, username, sentAtMs, recipients };
      counters[counter] = (counters[counter] ?? 0) + (type === 'Send' ? recipients : 1);
      expected.set(username, counters);
      messages.push({ body: envelope(eventOf(type, mail, recipient)), order: messages.length });
    }
  }
  const doubles = Array.from({ length: events - distinct }, () => {
    const original = messages[Math.floor(random() * distinct)];
    return { body: original?.body ?? '', order: (original?.order ?? 0) + random() * 200 };
  });
  const all = [...messages, ...doubles].map(({ body, order }) => ({
    body,
    order: random() < outOfOrder ? order + (random() - 0.5) * 4_000 : order,
  }));
  return { bodies: all.sort((a, b) => a.order - b.order).map(({ body }) => body), expected };
}

interface Mail {
  readonly index: number;
  readonly username: string;
  readonly sentAtMs: number;
  readonly recipients: number;
}

/** What one event is about. The recipient is the number of one of the mail's. */
type Kind = { readonly type: string; readonly counter: string; readonly recipient: number };

function fatesOf(index: number, recipients: number): Kind[] {
  const answers = Array.from({ length: recipients }, (_, recipient): Kind[] => {
    const number = index * recipients + recipient;
    if (number % 50 === 49) return [{ type: 'Bounce', counter: 'hard_bounces', recipient }];
    const delivery = { type: 'Delivery', counter: 'deliveries', recipient };
    return number % 200 === 24 ? [delivery, { type: 'Complaint', counter: 'complaints', recipient }] : [delivery];
  });
  return [{ type: 'Send', counter: 'sends', recipient: 0 }, ...answers.flat()];
}

function eventOf(type: string, { index, username, sentAtMs, recipients }: Mail, number: number): unknown {
  const destination = Array.from(
    { length: recipients },
    (_, each) => `recipient.${index * recipients + each}@example.org`,
  );
  const recipient = destination[number] ?? '';
  const from = `${username}@example.com`;
  const timestamp = new Date(sentAtMs + 700).toISOString();
  return {
    eventType: type,
    mail: {
      timestamp: new Date(sentAtMs).toISOString(),
      source: from,
      sourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/example.com',
      sendingAccountId: '000000000000',
      messageId: `0100018f${String(index).padStart(8, '0')}-6b1d0f7a-4a8e-4c1f-9d3b-2f6a1c8e5d40-000000`,
      destination,
      headersTruncated: false,
      headers: [
        { name: 'From', value: `The name of somebody <${from}>` },
        { name: 'To', value: recipient },
        { name: 'Subject', value: 'What this mail is about' },
        { name: 'MIME-Version', value: '1.0' },
        {
          name: 'Content-Type',
          value: 'multipart/alternative; boundary="----=_Part_7307378_1629847660.1516840721503"',
        },
      ],
      commonHeaders: { from: [`The name of somebody <${from}>`], to: [recipient], subject: 'What this mail is about' },
      tags: {
        'ses:operation': ['SendSmtpEmail'],
        'ses:configuration-set': ['smtp'],
        'ses:source-ip': ['192.0.2.1'],
        'ses:from-domain': ['example.com'],
        'ses:caller-identity': [iamUserNameFor(username)],
      },
    },
    ...detailsOf(type, recipient, timestamp),
  };
}

function detailsOf(type: string, recipient: string, timestamp: string): Record<string, unknown> {
  switch (type) {
    case 'Delivery':
      return { delivery: { timestamp, processingTimeMillis: 700, recipients: [recipient], smtpResponse: '250 OK' } };
    case 'Bounce':
      return {
        bounce: {
          bounceType: 'Permanent',
          bounceSubType: 'General',
          bouncedRecipients: [{ emailAddress: recipient, status: '5.1.1' }],
          timestamp,
          feedbackId: 'feedback',
        },
      };
    case 'Complaint':
      return { complaint: { complainedRecipients: [{ emailAddress: recipient }], timestamp, feedbackId: 'feedback' } };
    default:
      return { send: {} };
  }
}

function envelope(event: unknown): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: '4c1c3c9c-0000-5000-8000-000000000000',
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:smtp-sends',
    Subject: 'Amazon SES Email Event Notification',
    Message: JSON.stringify(event),
    Timestamp: '2026-01-01T00:00:00.000Z',
    SignatureVersion: '1',
  });
}
