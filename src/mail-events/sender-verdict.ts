import type { Item } from '../credential/credential-table.ts';
import { matchesAnyPattern } from '../credential/patterns/address-pattern.ts';
import { type CredentialRecord, iamUserNameOfItem } from '../credential/record/record.ts';
import { readSpecAttribute } from '../credential/record/spec.ts';
import { readSuspension } from '../credential/record/suspension.ts';
import { classifyIdentity, type UnknownIdentity } from './caller-identity.ts';
import { findPolicyDoubt, type JudgeOptions, wasReplacedSince } from './policy-doubt.ts';
import { readSenderAddresses, type SenderAddress, type UnreadableSender } from './sender-addresses.ts';
import type { SendingEvent } from './sending-event.ts';

/** The result of checking a mail's senders. Only `violation` blames a credential. */
export type Verdict =
  | { readonly verdict: 'allowed'; readonly username: string }
  | (Senders & { readonly verdict: 'violation'; readonly username: string })
  /** No address violates the record, but a sender field cannot be parsed: counted, not blamed. */
  | { readonly verdict: 'unreadable'; readonly username: string; readonly unreadable: readonly UnreadableSender[] }
  /** The record was `disabled` well before the mail was sent: the keys should be Inactive. */
  | (Senders & {
      readonly verdict: 'sends-while-disabled';
      readonly username: string;
      readonly status: string;
      readonly suspensionReason: string | undefined;
    })
  /** Only the envelope is not allowed, and the record does not limit it: counted and reported, not blamed. */
  | (Senders & { readonly verdict: 'other-envelope'; readonly username: string })
  /**
   * Violates the current record, but another policy may have been in force when the mail was sent: counted, not blamed.
   * `isFailed`: that lasts until somebody corrects the record, so it is reported.
   */
  | (Senders & { readonly verdict: 'changed-since'; readonly username: string; readonly isFailed?: true })
  /** The record's senders cannot be read, so nothing can be held against the mail: counted and reported, not blamed. */
  | { readonly verdict: 'record-invalid'; readonly username: string }
  /** The IAM user has a name of our form, but no record refers to it. */
  | { readonly verdict: 'record-missing'; readonly iamUserName: string }
  /** Not an IAM user of ours: counted, not blamed. */
  | { readonly verdict: 'unknown-identity'; readonly identity: string | undefined; readonly why: UnknownIdentity };

export type VerdictName = Verdict['verdict'];

/** Senders that no pattern of the record allows. */
interface Senders {
  readonly senders: readonly SenderAddress[];
  /** How many more there are than the listed ones. */
  readonly moreSenders: number;
}

const maxSendersListed = 10;

/** The patterns of a record. Without `envelope`, the record does not limit the envelope sender. */
interface AllowedSenders {
  readonly from: readonly string[];
  readonly envelope: readonly string[] | undefined;
}

/** Parsed patterns by item: the same cached record is judged many times. */
const allowedByItem = new WeakMap<Item, AllowedSenders | 'invalid'>();

/**
 * Checks a mail's senders against the credential that sent it. Only for Send and Reject events, which SES accepted
 * under this credential's policy.
 *
 * @param record the record of the event's IAM user; undefined if there is none
 */
export function judgeSender(
  event: SendingEvent,
  record: CredentialRecord | undefined,
  options: JudgeOptions = {},
): Verdict {
  const { propagationSeconds = 0 } = options;
  const identity = classifyIdentity(event.callerIdentity);
  if (identity.kind === 'unknown')
    return { verdict: 'unknown-identity', identity: identity.identity, why: identity.why };
  const { iamUserName } = identity;
  const sentAtMs = event.sentAtMs ?? event.atMs;
  if (record === undefined) return { verdict: 'record-missing', iamUserName };
  if (iamUserNameOfItem(record.username, record.item) !== iamUserName) {
    return wasReplacedSince(record, sentAtMs, options)
      ? { verdict: 'changed-since', username: record.username, senders: [], moreSenders: 0 }
      : { verdict: 'record-missing', iamUserName };
  }
  const { username, status } = record;
  const allowed = readAllowedSenders(record.item);
  const { addresses, unreadable } = readSenderAddresses(event.senders);
  const isHeader = ({ where }: { readonly where: string }) => where !== 'envelope';
  // Without a From, the envelope takes its place: https://www.rfc-editor.org/rfc/rfc6409#section-8.1
  const namesFrom = addresses.some(isHeader) || unreadable.some((entry) => isHeader(entry) && entry.text !== '');
  const notAllowed = allowed === 'invalid' ? [] : addresses.filter((sender) => !isAllowed(sender, allowed, namesFrom));
  const certain = notAllowed.filter(({ isBeyondAscii }) => !isBeyondAscii);
  const senders = { senders: certain.slice(0, maxSendersListed), moreSenders: certain.length - maxSendersListed };
  const shown: Senders = { ...senders, moreSenders: Math.max(0, senders.moreSenders) };

  if (status === 'disabled' && wasDisabledBefore(record.item, sentAtMs, propagationSeconds)) {
    const suspensionReason = readSuspension(record.item)?.reason;
    return { verdict: 'sends-while-disabled', username, status, suspensionReason, ...shown };
  }
  if (allowed === 'invalid') return { verdict: 'record-invalid', username };
  const isEnvelopeFree = namesFrom && allowed.envelope === undefined && options.envelope !== 'strict';
  const offending = isEnvelopeFree ? certain.filter(isHeader) : certain;
  if (offending.length > 0) return judgeOffending(record, sentAtMs, options, shown);
  const doubtful = notAllowed
    .filter(({ isBeyondAscii }) => isBeyondAscii)
    .map(({ where, address }): UnreadableSender => ({ where, text: address }));
  if (unreadable.length > 0 || doubtful.length > 0) {
    return { verdict: 'unreadable', username, unreadable: [...unreadable, ...doubtful].slice(0, maxSendersListed) };
  }
  return certain.length > 0 ? { verdict: 'other-envelope', username, ...shown } : { verdict: 'allowed', username };
}

function judgeOffending(
  record: CredentialRecord,
  sentAtMs: number,
  options: JudgeOptions,
  shown: Senders,
): Extract<Verdict, { readonly verdict: 'violation' | 'changed-since' }> {
  const { username } = record;
  const doubt = findPolicyDoubt(record, sentAtMs, options);
  if (doubt === undefined) return { verdict: 'violation', username, ...shown };
  return { verdict: 'changed-since', username, ...(doubt === 'failed' ? { isFailed: true } : {}), ...shown };
}

/** Whether a verdict on a cached record must be confirmed on a fresh one before it counts. */
export function needsFreshRecord({ verdict }: Verdict): boolean {
  return !['allowed', 'unreadable', 'other-envelope', 'unknown-identity'].includes(verdict);
}

function isAllowed({ where, address }: SenderAddress, allowed: AllowedSenders, namesFrom: boolean): boolean {
  if (where !== 'envelope') return matchesAnyPattern(allowed.from, address);
  if (allowed.envelope === undefined) return matchesAnyPattern(allowed.from, address);
  return matchesAnyPattern(allowed.envelope, address) && (namesFrom || matchesAnyPattern(allowed.from, address));
}

function readAllowedSenders(item: Item): AllowedSenders | 'invalid' {
  const known = allowedByItem.get(item);
  if (known !== undefined) return known;
  const from = readSpecAttribute(item, 'allowed_from_addresses');
  const envelope = readSpecAttribute(item, 'allowed_envelope_senders');
  const isInvalid = from === undefined || (envelope === undefined && item['allowed_envelope_senders'] !== undefined);
  const allowed = isInvalid ? 'invalid' : { from, envelope };
  allowedByItem.set(item, allowed);
  return allowed;
}

/** `disabled_at` is set once the keys are Inactive. Without it they may still work, which is nobody's fault. */
function wasDisabledBefore(item: Item, sentAtMs: number, propagationSeconds: number): boolean {
  const disabledAtMs = Date.parse(String(item['disabled_at']));
  return sentAtMs > disabledAtMs + propagationSeconds * 1000;
}
