import { asMap, asText, type JsonMap } from '../dead-letter/json-map.ts';
import { type BounceReport, type ComplaintReport, readBounce, readComplaint } from './feedback-report.ts';
import { readSenderTexts, type SenderTexts } from './sender-texts.ts';
import { unwrapNotification } from './unwrap-notification.ts';

/** What SES reports about a mail. Only "Rendering Failure" is written differently there: with a space. */
export type SendingEventType =
  | 'Send'
  | 'Reject'
  | 'Delivery'
  | 'Bounce'
  | 'Complaint'
  | 'DeliveryDelay'
  | 'RenderingFailure'
  | 'Open'
  | 'Click'
  | 'Subscription';

/** One event about one mail: only what is used, never its subject or text. */
export interface SendingEvent {
  readonly type: SendingEventType;
  /** When it happened, epoch milliseconds: the bounce, complaint or delivery itself; otherwise when the mail was sent. */
  readonly atMs: number;
  /** When the mail was sent, epoch milliseconds. */
  readonly sentAtMs: number | undefined;
  readonly messageId: string;
  /** The name of the IAM user (or role) that sent the mail: SES sets it, no client can. */
  readonly callerIdentity: string | undefined;
  readonly sourceIp: string | undefined;
  readonly configurationSet: string | undefined;
  readonly sendingAccountId: string | undefined;
  readonly senders: SenderTexts;
  /** All recipients of the mail. */
  readonly destination: readonly string[];
  /** Recipients of a Delivery. */
  readonly delivered: readonly string[];
  readonly bounce: BounceReport | undefined;
  readonly complaint: ComplaintReport | undefined;
}

export type NotUnderstoodCode =
  | 'NoJson'
  | 'NoObject'
  | 'UnknownType'
  | 'MailMissing'
  | 'MessageIdMissing'
  | 'TimeMissing'
  | 'RecipientsMissing';

export type ReadSesEvent =
  | { readonly result: 'event'; readonly event: SendingEvent }
  /** What SNS and SES say about the topic itself: nothing to do, nothing to keep. */
  | { readonly result: 'nothing'; readonly what: 'validation' | 'subscription' }
  /** To be counted and kept for a person's eyes. Trying it again changes nothing. */
  | { readonly result: 'not-understood'; readonly code: NotUnderstoodCode; readonly reason: string };

/** SES's own words, and EventBridge's detail types, to ours. */
const typeOfWord: Readonly<Record<string, SendingEventType>> = {
  Send: 'Send',
  Reject: 'Reject',
  Delivery: 'Delivery',
  Bounce: 'Bounce',
  Complaint: 'Complaint',
  DeliveryDelay: 'DeliveryDelay',
  'Rendering Failure': 'RenderingFailure',
  Open: 'Open',
  Click: 'Click',
  Subscription: 'Subscription',
  'Email Sent': 'Send',
  'Email Rejected': 'Reject',
  'Email Delivered': 'Delivery',
  'Email Bounced': 'Bounce',
  'Email Complaint Received': 'Complaint',
  'Email Delivery Delayed': 'DeliveryDelay',
  'Email Rendering Failed': 'RenderingFailure',
  'Email Opened': 'Open',
  'Email Clicked': 'Click',
  'Email Subscribed': 'Subscription',
};

/** SES sends to 50 recipients at most: https://docs.aws.amazon.com/ses/latest/dg/quotas.html. More is somebody's invention. */
const maxRecipients = 100;

/**
 * Reads what SES says about a mail, however it comes: event publishing, the older notifications of an identity, an event of
 * EventBridge, and any of them as text, in SNS's envelope (in an SQS message) or delivered raw. Never throws.
 *
 * - https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 * - https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
 * - https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html
 */
export function readSesEvent(input: unknown): ReadSesEvent {
  const unwrapped = unwrapNotification(input);
  return 'result' in unwrapped ? unwrapped : readReport(unwrapped.report, unwrapped.detailType, unwrapped.time);
}

function readReport(report: JsonMap, detailType: string | undefined, envelopeTime: unknown): ReadSesEvent {
  const word = asText(report['eventType']) ?? asText(report['notificationType']) ?? detailType;
  if (word === 'AmazonSnsSubscriptionSucceeded') return { result: 'nothing', what: 'validation' };
  const type = word !== undefined && Object.hasOwn(typeOfWord, word) ? typeOfWord[word] : undefined;
  if (type === undefined) return notUnderstood('UnknownType', 'It is none of the event types that SES documents.');
  const mail = asMap(report['mail']);
  if (mail === undefined) return notUnderstood('MailMissing', 'It has no object "mail".');
  const messageId = asText(mail['messageId']);
  if (messageId === undefined) return notUnderstood('MessageIdMissing', 'It has no "mail.messageId".');
  const sentAtMs = readTime(mail['timestamp']);
  const delivery = asMap(report['delivery']);
  const bounce = type === 'Bounce' ? readBounce(asMap(report['bounce']), maxRecipients) : undefined;
  const complaint = type === 'Complaint' ? readComplaint(asMap(report['complaint']), maxRecipients) : undefined;
  const own = { Delivery: delivery, Bounce: asMap(report['bounce']), Complaint: asMap(report['complaint']) };
  const ownTime = type in own ? readTime(own[type as keyof typeof own]?.['timestamp']) : undefined;
  const atMs = ownTime ?? sentAtMs ?? readTime(envelopeTime);
  if (atMs === undefined) return notUnderstood('TimeMissing', 'It has no time in ISO 8601.');
  const tags = asMap(mail['tags']);
  const event: SendingEvent = {
    type,
    atMs,
    sentAtMs,
    messageId,
    callerIdentity: readTag(tags, 'ses:caller-identity') ?? asText(mail['callerIdentity']),
    sourceIp: readTag(tags, 'ses:source-ip') ?? asText(mail['sourceIp']),
    configurationSet: readTag(tags, 'ses:configuration-set'),
    sendingAccountId: asText(mail['sendingAccountId']),
    senders: readSenderTexts(mail),
    destination: readTexts(mail['destination']),
    delivered: type === 'Delivery' ? readTexts(delivery?.['recipients']) : [],
    bounce,
    complaint,
  };
  return lacksRecipients(event)
    ? notUnderstood('RecipientsMissing', `It is a ${type} that names no recipient.`)
    : { result: 'event', event };
}

/** An event that says nothing about anybody. */
function lacksRecipients(event: SendingEvent): boolean {
  switch (event.type) {
    case 'Send':
      return event.destination.length === 0;
    case 'Delivery':
      return event.delivered.length === 0;
    case 'Bounce':
      return event.bounce === undefined || event.bounce.recipients.length === 0;
    case 'Complaint':
      return event.complaint === undefined || event.complaint.recipients.length === 0;
    default:
      return false;
  }
}

/** Tags are lists of one value; a bare text is taken as well. */
function readTag(tags: JsonMap | undefined, name: string): string | undefined {
  const value = tags?.[name];
  return asText(Array.isArray(value) ? value[0] : value);
}

function readTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxRecipients).filter((entry): entry is string => asText(entry) !== undefined);
}

/** ISO 8601 to epoch milliseconds. */
function readTime(value: unknown): number | undefined {
  const text = asText(value);
  if (text === undefined || text.length > 40 || !/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function notUnderstood(code: NotUnderstoodCode, reason: string): ReadSesEvent {
  return { result: 'not-understood', code, reason };
}
