import { asList, asMap, asText, field, type JsonMap } from '../values/json-map.ts';
import { readEventTime as readTime } from './event-time.ts';
import { readBounce, readComplaint } from './feedback-report.ts';
import { readSenderTexts } from './sender-texts.ts';
import type { NotUnderstoodCode, ReadSesEvent, SendingEvent, SendingEventType } from './sending-event.ts';
import { unwrapNotification } from './unwrap-notification.ts';

/** Event types of SES and detail types of EventBridge, mapped to ours. */
const words = {
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
} as const satisfies Readonly<Record<string, SendingEventType>>;
const typeOfWord: ReadonlyMap<string, SendingEventType> = new Map(
  Object.entries(words).map(([word, type]) => [withoutCase(word), type]),
);

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
  const word = asText(field(report, 'eventType')) ?? asText(field(report, 'notificationType')) ?? detailType;
  if (word === 'AmazonSnsSubscriptionSucceeded') return { result: 'nothing', what: 'validation' };
  const type = typeOfWord.get(withoutCase(word ?? ''));
  if (type === undefined) return notUnderstood('UnknownType', 'It is not an event type that SES documents.');
  const mail = asMap(field(report, 'mail'));
  if (mail === undefined) return notUnderstood('MailMissing', 'It has no object "mail".');
  const messageId = asText(field(mail, 'messageId'));
  if (messageId === undefined) return notUnderstood('MessageIdMissing', 'It has no "mail.messageId".');
  const sentAtMs = readTime(field(mail, 'timestamp'));
  const delivery = asMap(field(report, 'delivery'));
  const own = {
    Delivery: delivery,
    Bounce: asMap(field(report, 'bounce')),
    Complaint: asMap(field(report, 'complaint')),
  };
  const bounce = type === 'Bounce' ? readBounce(own.Bounce, maxRecipients) : undefined;
  const complaint = type === 'Complaint' ? readComplaint(own.Complaint, maxRecipients) : undefined;
  const ownTime = type in own ? readTime(field(own[type as keyof typeof own], 'timestamp')) : undefined;
  const atMs = ownTime ?? sentAtMs ?? readTime(envelopeTime);
  if (atMs === undefined) return notUnderstood('TimeMissing', 'It has no time that can be read.');
  const tags = asMap(field(mail, 'tags'));
  const event: SendingEvent = {
    type,
    atMs,
    sentAtMs,
    messageId,
    callerIdentity: readTag(tags, 'ses:caller-identity') ?? asText(field(mail, 'callerIdentity')),
    sourceIp: readTag(tags, 'ses:source-ip') ?? asText(field(mail, 'sourceIp')),
    configurationSet: readTag(tags, 'ses:configuration-set'),
    sendingAccountId: asText(field(mail, 'sendingAccountId')),
    senders: readSenderTexts(mail),
    destination: readTexts(field(mail, 'destination')),
    delivered: type === 'Delivery' ? readTexts(field(delivery, 'recipients')) : [],
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
    // Bounces that name nobody are usual: SES sends them for automatic replies.
    case 'Bounce':
      return event.bounce === undefined;
    case 'Complaint':
      return event.complaint === undefined;
    default:
      return false;
  }
}

/** A tag is a list with one value; a plain string is accepted as well. Its name must be exact: clients may add tags in other case. */
function readTag(tags: JsonMap | undefined, name: string): string | undefined {
  const value = tags?.[name];
  return asText(Array.isArray(value) ? value[0] : value);
}

function readTexts(value: unknown): readonly string[] {
  return asList(value)
    .slice(0, maxRecipients)
    .filter((entry): entry is string => asText(entry) !== undefined);
}

function withoutCase(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}

function notUnderstood(code: NotUnderstoodCode, reason: string): ReadSesEvent {
  return { result: 'not-understood', code, reason };
}
