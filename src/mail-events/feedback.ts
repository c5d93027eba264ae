import { createHash } from 'node:crypto';
import type { SendingEvent } from './sending-event.ts';

/** What is counted per credential. Bounces, deliveries and sends count recipients; complaints, rejects and violations mails. */
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
  /** By this time the hour is chosen, epoch milliseconds. */
  readonly atMs: number;
  /** Names the mail and the counter. Each unit counts once under it, however often SNS delivers. */
  readonly dedupKey: string;
  /** One short digest for each thing that counts: a recipient, or the mail itself. Distinct, never empty. */
  readonly countableKeys: readonly string[];
  /** Addresses that the account's suppression list may take in. */
  readonly suppressible: readonly Suppressible[];
}

export interface Suppressible {
  readonly address: string;
  readonly reason: 'BOUNCE' | 'COMPLAINT';
}

/**
 * SES didn't even try these: the address was on a suppression list already, so it says nothing new about the sender.
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
const suppressedSubTypes = new Set(['Suppressed', 'OnAccountSuppressionList']);
/** Hard bounces of these kinds say that the mailbox doesn't exist. */
const lastingSubTypes = new Set(['General', 'NoEmail']);
const maxMessageIdLength = 200;

/** What an event counts as; undefined when it counts as nothing (opens, clicks, delays, suppressed bounces, "not spam"). */
export function countFeedback(event: SendingEvent): CountableFeedback | undefined {
  switch (event.type) {
    case 'Send':
      return count(event, 'sends', event.destination);
    case 'Delivery':
      return count(event, 'deliveries', event.delivered);
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

/** A violation, counted once for each mail; in the hour in which the mail was sent. */
export function violationFeedback(event: SendingEvent): CountableFeedback {
  return count({ ...event, atMs: event.sentAtMs ?? event.atMs }, 'violations', ['the mail']);
}

/** `Permanent` is a hard bounce; `Transient` and `Undetermined` (and what SES may invent) are soft ones. */
function countBounce(event: SendingEvent): CountableFeedback | undefined {
  const { bounce } = event;
  if (bounce === undefined || suppressedSubTypes.has(bounce.bounceSubType)) return undefined;
  const addresses = bounce.recipients.map(({ address }) => address);
  if (bounce.bounceType !== 'Permanent') return count(event, 'soft_bounces', addresses);
  const suppressible = lastingSubTypes.has(bounce.bounceSubType) ? addresses : [];
  return {
    ...count(event, 'hard_bounces', addresses),
    suppressible: suppressible.map((address) => ({ address, reason: 'BOUNCE' })),
  };
}

/**
 * One complaint is one complaint, even where it lists several recipients: providers hide who complained, so SES lists all that may
 * have. Only a single one is known well enough to be suppressed.
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#complained-recipients
 */
function countComplaint(event: SendingEvent): CountableFeedback | undefined {
  const { complaint } = event;
  if (complaint === undefined || complaint.feedbackType === 'not-spam') return undefined;
  if (complaint.subType !== undefined && suppressedSubTypes.has(complaint.subType)) return undefined;
  const { recipients, feedbackId } = complaint;
  const [first, ...others] = recipients;
  const isKnown = first !== undefined && others.length === 0;
  const countable = isKnown ? first : (feedbackId ?? [...recipients].sort().join());
  return {
    ...count(event, 'complaints', [countable]),
    suppressible: isKnown ? [{ address: first, reason: 'COMPLAINT' }] : [],
  };
}

function count(event: SendingEvent, counter: CounterName, countables: readonly string[]): CountableFeedback {
  return {
    counter,
    atMs: event.atMs,
    dedupKey: `${boundMessageId(event.messageId)}#${counter}`,
    countableKeys: [...new Set(countables.map((unit) => digest(unit.trim().toLowerCase(), 16)))],
    suppressible: [],
  };
}

/** It becomes part of a key, which DynamoDB bounds. */
function boundMessageId(messageId: string): string {
  return messageId.length <= maxMessageIdLength ? messageId : digest(messageId, 43);
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
