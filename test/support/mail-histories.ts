import { inEventBridge } from '../../local/ses-events/in-event-bridge.ts';
import { makeSesMessageId } from '../../local/smtp-endpoint/ses-message-id.ts';

/** What happens to a mail. The events of each kind stand below. */
export const mailKinds = [
  'delivered',
  'bounced',
  'delayed',
  'complained',
  'rejected',
  'bounced-later',
  'repeated',
  'two-recipients',
  'send-lost',
  'outcome-lost',
] as const;
export type MailKind = (typeof mailKinds)[number];

export interface MailHistory {
  readonly kind: MailKind;
  readonly messageId: string;
  readonly clientMessageId: string;
  readonly username: string;
  readonly to: readonly string[];
  readonly sentAtMs: number;
  /** What the log holds of it, with the time of each line. */
  readonly lines: readonly { readonly atMs: number; readonly event: object }[];
}

export interface MailOfHistory {
  readonly kind: MailKind;
  readonly username: string;
  readonly iamUserName: string;
  readonly to: readonly string[];
  readonly sentAtMs: number;
  /** Tells the mail from all others. */
  readonly number: number;
}

const place = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' };
const SECOND = 1_000;
const HOUR = 3_600_000;

/** A mail, with its events as EventBridge writes them to the log. */
export function makeMailHistory({ kind, username, iamUserName, to, sentAtMs, number }: MailOfHistory): MailHistory {
  const messageId = makeSesMessageId(place.region, new Date(sentAtMs));
  const clientMessageId = `mail.${number}@laptop.example.com`;
  const from = `${username}@example.com`;
  const mail = {
    timestamp: new Date(sentAtMs).toISOString(),
    source: from,
    sourceArn: `arn:aws:ses:${place.region}:${place.accountId}:identity/example.com`,
    sendingAccountId: place.accountId,
    messageId,
    destination: to,
    headersTruncated: false,
    headers: [
      { name: 'From', value: `Sender <${from}>` },
      { name: 'To', value: to.join(', ') },
      { name: 'Subject', value: 'A subject that nobody should see' },
      { name: 'Message-ID', value: `<${clientMessageId}>` },
    ],
    commonHeaders: { from: [`Sender <${from}>`], to, messageId },
    tags: { 'ses:configuration-set': ['smtp'], 'ses:caller-identity': [iamUserName], 'ses:source-ip': ['192.0.2.7'] },
  };
  const line = (afterMs: number, eventType: string, own: object) => {
    const at = new Date(sentAtMs + afterMs);
    return { atMs: at.getTime(), event: inEventBridge({ eventType, mail, ...own }, place, at) };
  };
  const at = (afterMs: number) => new Date(sentAtMs + afterMs).toISOString();
  const send = line(0, 'Send', { send: {} });
  const delivery = (afterMs: number, recipients = to) =>
    line(afterMs, 'Delivery', { delivery: { timestamp: at(afterMs), recipients, smtpResponse: '250 2.0.0 Queued' } });
  const bounce = (afterMs: number, recipients = to) =>
    line(afterMs, 'Bounce', {
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        timestamp: at(afterMs),
        feedbackId: `feedback-${number}`,
        bouncedRecipients: recipients.map((emailAddress) => ({
          emailAddress,
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 5.1.1 no such user',
        })),
      },
    });
  const delay = (afterMs: number) =>
    line(afterMs, 'DeliveryDelay', {
      deliveryDelay: {
        timestamp: at(afterMs),
        delayType: 'MailboxFull',
        expirationTime: at(14 * HOUR),
        delayedRecipients: to.map((emailAddress) => ({
          emailAddress,
          status: '4.2.2',
          diagnosticCode: 'smtp; 452 4.2.2 mailbox full',
        })),
      },
    });
  const complaint = (afterMs: number) =>
    line(afterMs, 'Complaint', {
      complaint: {
        timestamp: at(afterMs),
        feedbackId: `feedback-${number}`,
        complaintFeedbackType: 'abuse',
        complainedRecipients: to.map((emailAddress) => ({ emailAddress })),
      },
    });
  const [first = '', ...others] = to;
  const linesOf: Readonly<Record<MailKind, () => MailHistory['lines']>> = {
    delivered: () => [send, delivery(2 * SECOND)],
    bounced: () => [send, bounce(3 * SECOND)],
    delayed: () => [send, delay(60 * SECOND), delay(2 * HOUR), delivery(3 * HOUR)],
    complained: () => [send, delivery(2 * SECOND), complaint(5 * 60 * SECOND)],
    rejected: () => [send, line(SECOND, 'Reject', { reject: { reason: 'Bad content' } })],
    'bounced-later': () => [send, delivery(2 * SECOND), bounce(4 * 60 * SECOND)],
    repeated: () => [send, delivery(2 * SECOND), { ...delivery(2 * SECOND), atMs: sentAtMs + 5 * SECOND }, send],
    'two-recipients': () => [send, delivery(2 * SECOND, [first]), bounce(4 * SECOND, others)],
    'send-lost': () => [bounce(3 * SECOND)],
    'outcome-lost': () => [send],
  };
  return { kind, messageId, clientMessageId, username, to, sentAtMs, lines: linesOf[kind]() };
}

/** How each kind stands in the end with its first recipient. */
export const stateOfKind: Readonly<Record<MailKind, string>> = {
  delivered: 'delivered',
  bounced: 'bounced',
  delayed: 'delivered',
  complained: 'complained',
  rejected: 'rejected',
  'bounced-later': 'bounced',
  repeated: 'delivered',
  'two-recipients': 'delivered',
  'send-lost': 'bounced',
  'outcome-lost': 'accepted',
};
