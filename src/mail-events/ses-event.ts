import { asMap, asText, type JsonMap } from '../values/json-map.ts';
import { readBounce, readComplaint } from './feedback-report.ts';
import { readSenderTexts } from './sender-texts.ts';
import type { NotUnderstoodCode, ReadSesEvent, SendingEvent, SendingEventType } from './sending-event.ts';
import { unwrapNotification } from './unwrap-notification.ts';

/** Event types of SES and detail types of EventBridge, mapped to ours. */
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

/**
 * SES sends to at most 50 recipients, so more are not from SES. https://docs.aws.amazon.com/ses/latest/dg/quotas.html
 */
const maxRecipients = 100;

/**
 * Parses an SES event in every form: event publishing, the older notifications of an identity, and events of
 * EventBridge; as an object or as text, in an SNS envelope (in an SQS message) or raw. Never throws.
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
  if (type === undefined) return notUnderstood('UnknownType', 'It is not an event type that SES documents.');
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

/** Whether an event that must name recipients names none. */
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

/** A tag is a list with one value; a plain string is accepted as well. */
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
