import { parseMailbox } from './address-list.ts';
import type { MailEvent, MailEventType } from './mail-event.ts';
import type { MailReport } from './mail-report.ts';
import { readSenderAddresses } from './sender-addresses.ts';
import type { SendingEvent } from './sending-event.ts';
import { findSesMessageId } from './ses-message-id.ts';

/** A mail, and everything that the event log says of it. Without its subject: it is personal, and says nothing about where the mail is. */
export interface TracedMessage {
  readonly messageId: string;
  readonly clientMessageIds: readonly string[];
  /** The addresses of its From header, or else of its envelope. */
  readonly from: string;
  readonly envelopeFrom: string | undefined;
  /** All recipients, as SES names them. */
  readonly to: readonly string[];
  /** When SES took it. Milliseconds since the epoch. */
  readonly sentAtMs: number;
  /** By time, each once. */
  readonly events: readonly MailEvent[];
  /** The best event to judge its senders by. */
  readonly evidence: SendingEvent;
}

const order: readonly MailEventType[] = [
  'Send',
  'Reject',
  'RenderingFailure',
  'DeliveryDelay',
  'Delivery',
  'Bounce',
  'Complaint',
];

/**
 * Puts mails together from reports in any order. Reports that came twice count once. A mail whose Send event was lost is one too: every
 * report names the mail.
 */
export function traceMessages(reports: readonly MailReport[]): TracedMessage[] {
  const byId = new Map<string, MailReport[]>();
  for (const report of reports) {
    const own = byId.get(report.event.messageId);
    if (own === undefined) byId.set(report.event.messageId, [report]);
    else own.push(report);
  }
  return [...byId.values()]
    .map(traceMessage)
    .sort((a, b) => a.sentAtMs - b.sentAtMs || (a.messageId < b.messageId ? -1 : 1));
}

function traceMessage(reports: readonly MailReport[]): TracedMessage {
  const happened = new Map(reports.flatMap((report) => report.happened).map((event) => [JSON.stringify(event), event]));
  const events = [...happened.values()].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || order.indexOf(a.type) - order.indexOf(b.type),
  );
  const ranked = reports.toSorted((a, b) => rank(a.event) - rank(b.event));
  const [{ event: evidence } = reports[0] as MailReport] = ranked;
  const { messageId, senders } = evidence;
  const sentAtMs =
    reports.map(({ event }) => event.sentAtMs).find((ms) => ms !== undefined) ??
    findSesMessageId(messageId)?.sentAtMs ??
    evidence.atMs;
  const { addresses } = readSenderAddresses(senders);
  const named = addresses.filter(({ where }) => where === 'from').map(({ address }) => address);
  const envelopeFrom =
    senders.envelope === undefined ? undefined : (parseMailbox(senders.envelope)?.address ?? senders.envelope);
  return {
    messageId,
    clientMessageIds: [...new Set(reports.flatMap((report) => report.clientMessageIds))],
    from: named.join(', ') || (envelopeFrom ?? ''),
    envelopeFrom,
    to: [...new Set(reports.flatMap(({ event }) => event.destination))],
    sentAtMs,
    events,
    evidence,
  };
}

/** Of a Send or Reject, SES has told everything about the senders. */
function rank({ type, senders }: SendingEvent): number {
  if (type === 'Send' || type === 'Reject') return 0;
  return senders.from.length > 0 || senders.commonFrom.length > 0 ? 1 : 2;
}
