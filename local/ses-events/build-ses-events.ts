import type { AcceptedMail } from '../smtp-endpoint/mailbox.ts';
import { buildSesMail, type SesPlace } from './build-ses-mail.ts';
import { holdsTestVirus } from './holds-test-virus.ts';
import { type RecipientFate, simulateRecipient } from './simulate-recipient.ts';

/** The topics of SES events. Each is one event destination of the configuration set. */
export type SesEventTopic = 'sends' | 'deliveries' | 'bounces' | 'complaints';

/** One event, as in the message of an SNS notification. */
export interface SesEvent {
  /** Undefined: only EventBridge gets it. */
  readonly topic: SesEventTopic | undefined;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Values that differ from run to run. */
export interface SesEventSources extends SesPlace {
  /** Returns a new id for each bounce and complaint. */
  readonly newFeedbackId: () => string;
  readonly now: () => Date;
  /** How recipients answer. Without it, as their addresses say. */
  readonly fatesOf?: (recipients: readonly string[]) => Promise<readonly RecipientFate[]>;
}

/**
 * Builds all events of a mail in the order in which SES publishes them: Send, then those of each recipient. A mail with a virus
 * is rejected and reaches no recipient.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export async function buildSesEvents(accepted: AcceptedMail, sources: SesEventSources): Promise<SesEvent[]> {
  const mail = buildSesMail(accepted, sources);
  const send: SesEvent = { topic: 'sends', event: { eventType: 'Send', mail, send: {} } };
  if (await holdsTestVirus(accepted.raw)) {
    return [send, { topic: 'sends', event: { eventType: 'Reject', mail, reject: { reason: 'Bad content' } } }];
  }
  const at = sources.now();
  const outgoing = { ...mail, tags: { ...mail.tags, 'ses:outgoing-ip': ['192.0.2.25'] } };
  const delivery = (recipient: string): SesEvent => ({
    topic: 'deliveries',
    event: { eventType: 'Delivery', mail: outgoing, delivery: describeDelivery(recipient, at, accepted.acceptedAt) },
  });
  const bounce = (recipient: string, fate: RecipientFate): SesEvent => ({
    topic: 'bounces',
    event: {
      eventType: 'Bounce',
      bounce: {
        ...describeBounce(recipient, fate),
        timestamp: at.toISOString(),
        feedbackId: sources.newFeedbackId(),
      },
      mail: fate === 'suppressed' ? mail : outgoing,
    },
  });
  const complaint = (recipient: string): SesEvent => ({
    topic: 'complaints',
    event: {
      eventType: 'Complaint',
      complaint: { ...describeComplaint(recipient, at), feedbackId: sources.newFeedbackId() },
      mail: outgoing,
    },
  });
  const delay = (recipient: string): SesEvent => ({
    topic: undefined,
    event: { eventType: 'DeliveryDelay', mail: outgoing, deliveryDelay: describeDelay(recipient, at) },
  });
  const { to } = accepted.envelope;
  const fates = (await sources.fatesOf?.(to)) ?? to.map(simulateRecipient);
  const answers = to.flatMap((recipient, index) => {
    const fate = accepted.isSuppressed ? 'suppressed' : (fates[index] ?? 'delivered');
    if (fate === 'delivered') return [delivery(recipient)];
    if (fate === 'delayed') return [delay(recipient), delivery(recipient)];
    if (fate === 'complained') return [delivery(recipient), complaint(recipient)];
    return fate === 'replied' ? [delivery(recipient), bounce(recipient, fate)] : [bounce(recipient, fate)];
  });
  return [send, ...answers];
}

function describeDelivery(recipient: string, at: Date, acceptedAt: Date) {
  return {
    timestamp: at.toISOString(),
    processingTimeMillis: Math.max(1, at.getTime() - acceptedAt.getTime()),
    recipients: [recipient],
    smtpResponse: '250 2.0.0 OK',
    reportingMTA: 'a25-1.smtp-out.amazonses.com',
  };
}

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html (DeliveryDelay) */
function describeDelay(recipient: string, at: Date) {
  return {
    timestamp: at.toISOString(),
    delayType: 'MailboxFull',
    // SES tries for 14 hours.
    expirationTime: new Date(at.getTime() + 14 * 3_600_000).toISOString(),
    delayedRecipients: [
      { emailAddress: recipient, status: '4.2.2', diagnosticCode: 'smtp; 452 4.2.2 The recipient mailbox is full' },
    ],
    reportingMTA: 'a25-1.smtp-out.amazonses.com',
  };
}

function describeBounce(recipient: string, fate: RecipientFate) {
  if (fate === 'suppressed') return describeSuppressed(recipient);
  return fate === 'replied' ? describeAutomaticReply(recipient) : describeUnknownUser(recipient);
}

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types (Transient, General) */
function describeAutomaticReply(recipient: string) {
  return {
    bounceType: 'Transient',
    bounceSubType: 'General',
    bouncedRecipients: [{ emailAddress: recipient }],
  };
}

function describeUnknownUser(recipient: string) {
  return {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      {
        emailAddress: recipient,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 user unknown',
      },
    ],
    reportingMTA: 'dns; a25-1.smtp-out.amazonses.com',
  };
}

function describeSuppressed(recipient: string) {
  return {
    bounceType: 'Permanent',
    bounceSubType: 'Suppressed',
    bouncedRecipients: [
      {
        emailAddress: recipient,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'The address is on the suppression list, so the mail was not sent.',
      },
    ],
    reportingMTA: 'dns; amazonses.com',
  };
}

function describeComplaint(recipient: string, at: Date) {
  return {
    complainedRecipients: [{ emailAddress: recipient }],
    timestamp: at.toISOString(),
    userAgent: 'Amazon SES Mailbox Simulator',
    complaintFeedbackType: 'abuse',
    arrivalDate: at.toISOString(),
  };
}
