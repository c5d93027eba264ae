import { createHash } from 'node:crypto';
import { fitRecipients, readRecipient } from './recipients.ts';
import type { SendingEvent } from './sending-event.ts';

/** The counters of a credential. Bounces, deliveries and sends count recipients; the others count mails. */
export type CounterName =
  | 'sends'
  | 'deliveries'
  | 'hard_bounces'
  | 'soft_bounces'
  | 'complaints'
  | 'rejects'
  | 'violations';

/** What an event adds to its credential's counters. */
export interface CountableFeedback {
  readonly counter: CounterName;
  /** Determines the hour, epoch milliseconds. */
  readonly atMs: number;
  /** Identifies the mail and the counter. Each countable counts once under it, however often SNS delivers. */
  readonly dedupKey: string;
  /** One short digest per countable: a recipient, or the mail itself. Distinct, never empty. */
  readonly countableKeys: readonly string[];
  /** Addresses that may be added to the account's suppression list. */
  readonly suppressible: readonly Suppressible[];
}

export interface Suppressible {
  readonly address: string;
  readonly reason: 'BOUNCE' | 'COMPLAINT';
}

/**
 * SES did not try these: the address was already on a suppression list, so the bounce says nothing new about the
 * sender.
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
const suppressedSubTypes = new Set(['suppressed', 'onaccountsuppressionlist']);
/** Hard bounces of these kinds mean that the mailbox does not exist. */
const lastingSubTypes = new Set(['general', 'noemail']);
const maxMessageIdLength = 200;

/** What an event counts as; undefined if it is not counted (opens, clicks, delays, suppressed bounces, "not spam"). */
export function countFeedback(event: SendingEvent): CountableFeedback | undefined {
  switch (event.type) {
    case 'Send':
      return count(event, 'sends', event.destination);
    case 'Delivery':
      return count(event, 'deliveries', fitRecipients(event.destination, event.delivered).recipients);
    case 'Bounce':
      return countBounce(event);
    case 'Complaint':
      return countComplaint(event);
    case 'Reject':
      return count(event, 'rejects', ['the mail']);
    default:
      return undefined;
  }
}

/** A violation: counted once per mail, in the hour in which the mail was sent. */
export function violationFeedback(event: SendingEvent): CountableFeedback {
  return count({ ...event, atMs: event.sentAtMs ?? event.atMs }, 'violations', ['the mail']);
}

/**
 * `Permanent` is a hard bounce. All other types, also new ones, are soft bounces. One that names nobody counts nothing: out-of-office replies come
 * as such, https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types.
 */
function countBounce(event: SendingEvent): CountableFeedback | undefined {
  const { bounce } = event;
  if (bounce === undefined || bounce.recipients.length === 0) return undefined;
  const subType = bounce.bounceSubType.toLowerCase();
  if (suppressedSubTypes.has(subType)) return undefined;
  const addresses = bounce.recipients.map(({ address }) => address);
  const { recipients, known } = fitRecipients(event.destination, addresses);
  if (bounce.bounceType.toLowerCase() !== 'permanent') return count(event, 'soft_bounces', recipients);
  const suppressible = lastingSubTypes.has(subType) ? known : [];
  return {
    ...count(event, 'hard_bounces', recipients),
    suppressible: suppressible.map((address) => ({ address, reason: 'BOUNCE' })),
  };
}

/**
 * Counts one complaint, even if it lists several recipients: providers hide who complained, so SES lists everyone who
 * may have. Only a single recipient is certain enough to be suppressed.
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#complained-recipients
 */
function countComplaint(event: SendingEvent): CountableFeedback | undefined {
  const { complaint } = event;
  if (complaint === undefined || complaint.feedbackType?.toLowerCase() === 'not-spam') return undefined;
  if (complaint.subType !== undefined && suppressedSubTypes.has(complaint.subType.toLowerCase())) return undefined;
  const { known } = fitRecipients(event.destination, complaint.recipients);
  const [first, ...others] = new Set(complaint.recipients.map(readRecipient));
  const isCertain = first !== undefined && others.length === 0 && known.length === 1;
  const countable = isCertain ? first : (complaint.feedbackId ?? 'the mail');
  return {
    ...count(event, 'complaints', [countable]),
    suppressible: isCertain ? [{ address: first, reason: 'COMPLAINT' }] : [],
  };
}

function count(event: SendingEvent, counter: CounterName, countables: readonly string[]): CountableFeedback {
  return {
    counter,
    atMs: event.atMs,
    dedupKey: `${boundMessageId(event.messageId)}#${counter}`,
    countableKeys: [...new Set(countables.map((unit) => digest(readRecipient(unit), 16)))],
    suppressible: [],
  };
}

/** The id becomes part of a key, and DynamoDB limits the length of keys. */
function boundMessageId(messageId: string): string {
  return messageId.length <= maxMessageIdLength ? messageId : digest(messageId, 43);
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
