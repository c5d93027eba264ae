import { asList, asMap, asText, field, type JsonMap, parseMap } from '../values/json-map.ts';
import { readEventTime } from './event-time.ts';
import type { MailEvent, MailEventType } from './mail-event.ts';
import type { SendingEvent } from './sending-event.ts';
import { readSesEvent } from './ses-event.ts';
import { unwrapNotification } from './unwrap-notification.ts';

/** What one line of the event log says about one mail. The mail's subject and content are left where they are. */
export interface MailReport {
  readonly event: SendingEvent;
  /** Several, where a report says something else of each recipient. */
  readonly happened: readonly MailEvent[];
  /** Each `Message-ID` that the mail's client gave it, without angle brackets. */
  readonly clientMessageIds: readonly string[];
}

const shown: ReadonlySet<string> = new Set<MailEventType>([
  'Send',
  'Reject',
  'RenderingFailure',
  'DeliveryDelay',
  'Delivery',
  'Bounce',
  'Complaint',
]);
/** Other servers may say as much as they like. */
const maxWords = 500;
const maxRecipients = 100;

/** Reads a line of the event log. Undefined: it isn't about the way of a mail. */
export function readMailReport(line: string): MailReport | undefined {
  const map = parseMap(line);
  const read = readSesEvent(map);
  if (read.result !== 'event' || !shown.has(read.event.type)) return undefined;
  const unwrapped = unwrapNotification(map);
  const report = 'report' in unwrapped ? unwrapped.report : {};
  const { event } = read;
  return { event, happened: readHappened(event, report), clientMessageIds: readClientMessageIds(report, event) };
}

function readHappened(event: SendingEvent, report: JsonMap): MailEvent[] {
  const type = event.type as MailEventType;
  const common = { type, at: new Date(event.atMs).toISOString() };
  switch (type) {
    case 'Delivery': {
      const reply = words(field(asMap(field(report, 'delivery')), 'smtpResponse'));
      return [{ ...common, recipients: event.delivered, ...(reply === undefined ? {} : { reply }) }];
    }
    case 'Bounce': {
      const { bounceType = 'Undetermined', bounceSubType = 'Undetermined', recipients = [] } = event.bounce ?? {};
      const said = recipients.map(({ address, status, diagnostic }) => ({ address, status, reply: diagnostic }));
      return byWords(said).map((each) => ({ ...common, ...each, bounceType, bounceSubType }));
    }
    case 'DeliveryDelay':
      return readDelay(common, asMap(field(report, 'deliveryDelay')));
    case 'Complaint': {
      const { recipients = [], feedbackType } = event.complaint ?? {};
      return [{ ...common, recipients, ...(feedbackType === undefined ? {} : { complaintType: feedbackType }) }];
    }
    default: {
      const { reason, errorMessage } = { ...asMap(field(report, 'reject')), ...asMap(field(report, 'failure')) };
      const text = words(reason ?? errorMessage);
      return [{ ...common, recipients: event.destination, ...(text === undefined ? {} : { reason: text }) }];
    }
  }
}

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-delivery-delay-object */
function readDelay(common: Pick<MailEvent, 'type' | 'at'>, delay: JsonMap | undefined): MailEvent[] {
  const atMs = readEventTime(field(delay, 'timestamp'));
  const untilMs = readEventTime(field(delay, 'expirationTime'));
  const delayType = words(field(delay, 'delayType'));
  const said = asList(field(delay, 'delayedRecipients'))
    .slice(0, maxRecipients)
    .flatMap((entry) => {
      const recipient = asMap(entry) ?? { emailAddress: entry };
      const address = asText(field(recipient, 'emailAddress'));
      if (address === undefined) return [];
      const status = asText(field(recipient, 'status'));
      return [{ address, status, reply: asText(field(recipient, 'diagnosticCode')) }];
    });
  return byWords(said).map((each) => ({
    ...common,
    ...(atMs === undefined ? {} : { at: new Date(atMs).toISOString() }),
    ...each,
    ...(delayType === undefined ? {} : { delayType }),
    ...(untilMs === undefined ? {} : { triedUntil: new Date(untilMs).toISOString() }),
  }));
}

interface Said {
  readonly address: string;
  readonly status: string | undefined;
  readonly reply: string | undefined;
}

/** One entry for all recipients of whom the same was said. A report that names nobody is one entry, too. */
function byWords(said: readonly Said[]): Pick<MailEvent, 'recipients' | 'status' | 'reply'>[] {
  if (said.length === 0) return [{ recipients: [] }];
  const groups = new Map<string, string[]>();
  for (const { address, ...same } of said) {
    const key = JSON.stringify({ status: words(same.status), reply: words(same.reply) });
    groups.set(key, [...(groups.get(key) ?? []), address]);
  }
  return [...groups].map(([key, recipients]) => ({ recipients, ...JSON.parse(key) }));
}

function words(value: unknown): string | undefined {
  return asText(value)?.trim().slice(0, maxWords);
}

/** From the headers as the client wrote them, and as SES parsed them. There SES may put its own id, which isn't the client's. */
function readClientMessageIds(report: JsonMap, { messageId }: SendingEvent): string[] {
  const mail = asMap(field(report, 'mail'));
  const headers = asList(field(mail, 'headers')).map(asMap);
  const values = [
    ...headers
      .filter((header) => asText(header?.['name'])?.trim().toLowerCase() === 'message-id')
      .map((header) => header?.['value']),
    field(asMap(field(mail, 'commonHeaders')), 'messageId'),
  ];
  const ids = values.flatMap((value) => asText(value)?.trim().replace(/^<|>$/g, '') ?? []);
  return [...new Set(ids)].filter((id) => id !== messageId);
}
