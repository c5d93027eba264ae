import * as fc from 'fast-check';
import { iamUserName, inSns, onEventBridge } from './ses-events.ts';
import { writtenAddress } from './written-addresses.ts';

type Json = Record<string, unknown>;

/** An event in a form that SES, SNS or EventBridge may really send, and what it means. */
export interface VariedEvent {
  readonly input: unknown;
  readonly type: (typeof types)[number];
  readonly recipients: readonly string[];
  /** Recipients that the event itself is about, of the mail's. */
  readonly about: readonly string[];
}

const types = ['Send', 'Delivery', 'Bounce', 'Complaint', 'Reject', 'DeliveryDelay', 'Open', 'Click'] as const;
const busNames: Readonly<Record<(typeof types)[number], string>> = {
  Send: 'Email Sent',
  Delivery: 'Email Delivered',
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
  Reject: 'Email Rejected',
  DeliveryDelay: 'Email Delivery Delayed',
  Open: 'Email Opened',
  Click: 'Email Clicked',
};

const sentAt = '2026-03-01T10:15:00.123Z';
const times = fc.constantFrom(
  '2026-03-01T10:16:02.000Z',
  '2026-03-01T10:16:02Z',
  '2026-03-01T10:16:02.000+0000',
  '2026-03-01T11:16:02+01:00',
  '2026-03-01 10:16:02.123456Z',
  'Sun, 01 Mar 2026 10:16:02 +0000',
);
const recipient = fc
  .integer({ min: 0, max: 60 })
  .map((number) => `kim.${number}@example.org`)
  .chain((address) => fc.constantFrom(address, address.toUpperCase(), `Kim <${address}>`, `<${address}>`));
/** Fields that SES has added over the years, and may add. */
const additions = fc.dictionary(
  fc.constantFrom('x', 'remoteMtaIp', 'deliveryDelay2', 'version'),
  fc.jsonValue({ maxDepth: 1 }),
  {
    maxKeys: 2,
  },
);
const from = 'jane@example.com';

/** A mail of jane@example.com: fields that may be missing are missing at random, and headers stand in any form that means her. */
const mails = fc
  .record({
    written: writtenAddress(from),
    source: fc.constantFrom(from, `Jane Roe <${from}>`, `"Roe, Jane" <${from}>`),
    recipients: fc.uniqueArray(recipient, {
      minLength: 1,
      maxLength: 50,
      selector: (text) => (/<?([^<>\s]+@[^<>\s]+)>?$/.exec(text)?.[1] ?? text).toLowerCase(),
    }),
    headers: fc.constantFrom('all', 'none', 'cut'),
    asTexts: fc.boolean(),
    identity: fc.constantFrom('tag', 'field'),
    optional: fc.subarray(['sourceArn', 'sendingAccountId', 'headersTruncated', 'sourceIp']),
    more: additions,
  })
  .map(({ written, source, recipients, headers, asTexts, identity, optional, more }) => {
    const value = written.replaceAll(/\r\n/g, '');
    const tag = (text: string): unknown => (asTexts ? text : [text]);
    const all: Json = {
      sourceArn: 'arn:aws:ses:eu-west-1:123456789012:identity/example.com',
      sendingAccountId: '123456789012',
      headersTruncated: headers === 'cut',
      sourceIp: '192.0.2.7',
    };
    return {
      recipients,
      mail: {
        ...more,
        timestamp: sentAt,
        source,
        messageId: '0102019aexample1-11111111-2222-3333-4444-555555555555-000000',
        destination: recipients,
        ...Object.fromEntries(optional.map((name) => [name, all[name]])),
        ...(headers === 'none'
          ? {}
          : {
              headers: [
                { name: 'Received', value: 'from laptop by email-smtp.amazonaws.com' },
                { name: 'From', value },
                { name: 'To', value: recipients.join(', ') },
              ],
            }),
        commonHeaders: { from: [value], to: recipients },
        ...(headers === 'cut' ? { headersTruncated: true } : {}),
        ...(identity === 'field' ? { callerIdentity: iamUserName } : {}),
        tags: {
          'ses:operation': tag('SendSmtpEmail'),
          'ses:configuration-set': tag('mail'),
          ...(identity === 'tag' ? { 'ses:caller-identity': tag(iamUserName) } : {}),
        },
      } as Json,
    };
  });

/**
 * Events as SES really sends them: every type, in every envelope, with optional fields present or not, recipients written in
 * several ways, bounces that name nobody or a stranger.
 */
export function variedEvents(): fc.Arbitrary<VariedEvent> {
  return mails.chain(({ mail, recipients }) =>
    fc
      .record({
        type: fc.constantFrom(...types),
        time: times,
        about: fc.subarray([...recipients]),
        strangers: fc.array(fc.constantFrom('stranger@example.net', 'other@example.net'), { maxLength: 2 }),
        action: fc.constantFrom('failed', 'delayed', undefined),
        word: fc.constantFrom('eventType', 'notificationType'),
        envelope: fc.constantFrom('object', 'text', 'sns', 'sns in sns', 'bus', 'bus in sns'),
        kind: fc.constantFrom(
          ['Permanent', 'General'],
          ['Permanent', 'Suppressed'],
          ['Permanent', 'OnAccountSuppressionList'],
          ['Transient', 'MailboxFull'],
          ['Undetermined', 'Undetermined'],
        ),
        more: additions,
      })
      .map(({ type, time, about, strangers, action, word, envelope, kind, more }): VariedEvent => {
        const named = [...about, ...strangers];
        const details: Record<string, Json> = {
          Send: { send: {} },
          Reject: { reject: { reason: 'Bad content' } },
          Delivery: { delivery: { timestamp: time, recipients: about.length === 0 ? recipients : about } },
          Bounce: {
            bounce: {
              bounceType: kind[0],
              bounceSubType: kind[1],
              bouncedRecipients: named.map((emailAddress) => ({
                emailAddress,
                ...(action === undefined ? {} : { action }),
                status: '5.1.1',
              })),
              timestamp: time,
              feedbackId: 'feedback-1',
            },
          },
          Complaint: {
            complaint: {
              complainedRecipients: named.map((emailAddress) => ({ emailAddress })),
              timestamp: time,
              feedbackId: 'feedback-2',
              complaintFeedbackType: 'abuse',
            },
          },
          DeliveryDelay: { deliveryDelay: { timestamp: time, delayType: 'General' } },
          Open: { open: { timestamp: time, ipAddress: '192.0.2.9', userAgent: 'Reader' } },
          Click: { click: { timestamp: time, ipAddress: '192.0.2.9', link: 'https://example.com/' } },
        };
        const event = { ...more, [word]: type, mail, ...details[type] };
        return { input: wrap(event, type, envelope), type, recipients, about };
      }),
  );
}

function wrap(event: Json, type: (typeof types)[number], envelope: string): unknown {
  const { eventType: _, notificationType: __, ...detail } = event;
  switch (envelope) {
    case 'object':
      return event;
    case 'text':
      return JSON.stringify(event);
    case 'sns':
      return JSON.stringify(inSns(event));
    case 'sns in sns':
      return JSON.stringify(inSns(JSON.stringify(inSns(event))));
    case 'bus':
      return onEventBridge(busNames[type], detail);
    default:
      return inSns(onEventBridge(busNames[type], detail));
  }
}
