import { CREDENTIAL_PK, CREDENTIAL_SK_PREFIX, usernameOfKey } from '../../credential/credential-key.ts';
import type { AlertSubject } from '../../mail-events/alert-window.ts';
import { counterNames, startOfBucket } from '../../mail-events/windows.ts';

/** The primary key of an item. */
export interface ItemKey {
  readonly PK: string;
  readonly SK: string;
}

/** A key as it is read from the table: of any type. */
interface AnyKey {
  readonly PK?: unknown;
  readonly SK?: unknown;
}

const COUNTER_PK = 'SESAME#COUNT';
const DEDUP_PK_PREFIX = 'SESAME#SEEN#';
const ALERT_PK = 'SESAME#ALERT';
const SUSPENSION_EXPIRY_PK = 'SESAME#UNTIL';
const IDEMPOTENCY_PK = 'SESAME#IDEMPOTENCY';
const FINDING_PK = 'SESAME#FINDING';
const USER_PREFIX = 'USER#';
const IAM_USER_PREFIX = 'IAMUSER#';
const RECORD_MISSING_SUFFIX = '#RecordMissing';

/** Where the next sweep continues: one item. */
export const SWEEP_POSITION_KEY = { PK: 'SESAME#SWEEP', SK: 'POSITION' } as const;

/** A credential's counters of one hour. @param bucket `yyyy-mm-ddThh`, UTC */
export function counterKey(username: string, bucket: string): ItemKey {
  return { PK: COUNTER_PK, SK: `${USER_PREFIX}${username}#${bucket}` };
}

/** The credential and the hour in a counter's key; undefined when it is another item's. */
export function parseCounterKey({ PK, SK }: AnyKey): { username: string; bucket: string } | undefined {
  if (PK !== COUNTER_PK || typeof SK !== 'string' || !SK.startsWith(USER_PREFIX)) return undefined;
  const at = SK.lastIndexOf('#');
  const bucket = SK.slice(at + 1);
  return Number.isNaN(startOfBucket(bucket)) ? undefined : { username: SK.slice(USER_PREFIX.length, at), bucket };
}

/**
 * The ids of what was counted of a credential's mails of one second.
 *
 * @param dedupWindow `yyyy-mm-ddThh:mm:ss`, UTC
 * @param part above 0 if the items before it are full
 */
export function dedupKey(username: string, dedupWindow: string, part = 0): ItemKey {
  return { PK: `${DEDUP_PK_PREFIX}${username}`, SK: part === 0 ? dedupWindow : `${dedupWindow}#${part}` };
}

function parseDedupKey({ PK, SK }: AnyKey): { username: string; dedupWindow: string; part: number } | undefined {
  if (typeof PK !== 'string' || !PK.startsWith(DEDUP_PK_PREFIX) || typeof SK !== 'string') return undefined;
  const [, dedupWindow, part = '0'] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:#([1-9]\d?))?$/.exec(SK) ?? [];
  if (dedupWindow === undefined) return undefined;
  return { username: PK.slice(DEDUP_PK_PREFIX.length), dedupWindow, part: Number(part) };
}

/** The window in which an alert is published once. */
export function alertKey({ username, finding, occurrence }: AlertSubject): ItemKey {
  const ending = occurrence === undefined ? '' : `#${occurrence}`;
  return { PK: ALERT_PK, SK: `${USER_PREFIX}${username}#${finding}${ending}` };
}

/** What the sort keys of all of a credential's alerts begin with. */
export function alertKeyPrefix(username: string): ItemKey {
  return alertKey({ username, finding: '' });
}

/** The parts of an alert's key. Neither a username nor a finding holds a `#`, an occurrence may. */
export function parseAlertKey({ PK, SK }: AnyKey): AlertSubject | undefined {
  if (PK !== ALERT_PK || typeof SK !== 'string' || !SK.startsWith(USER_PREFIX)) return undefined;
  const [username, finding, ...occurrence] = SK.slice(USER_PREFIX.length).split('#');
  if (username === undefined || finding === undefined) return undefined;
  return { username, finding, ...(occurrence.length === 0 ? {} : { occurrence: occurrence.join('#') }) };
}

/** Since when an IAM user is known to send without a record. */
export function missingRecordKey(iamUserName: string): ItemKey {
  return { PK: ALERT_PK, SK: `${IAM_USER_PREFIX}${iamUserName}${RECORD_MISSING_SUFFIX}` };
}

function parseMissingRecordKey({ PK, SK }: AnyKey): { iamUserName: string } | undefined {
  if (PK !== ALERT_PK || typeof SK !== 'string') return undefined;
  if (!SK.startsWith(IAM_USER_PREFIX) || !SK.endsWith(RECORD_MISSING_SUFFIX)) return undefined;
  return { iamUserName: SK.slice(IAM_USER_PREFIX.length, -RECORD_MISSING_SUFFIX.length) };
}

/** When a suspension ends automatically. Sorted by time, so that looking for those that are due reads nothing else. */
export function suspensionExpiryKey(username: string, untilMs: number): ItemKey {
  return { PK: SUSPENSION_EXPIRY_PK, SK: `${new Date(untilMs).toISOString()}#${username}` };
}

/** The expiries that are due: all before this sort key. `~` comes behind every character of a username, so this very moment is due. */
export function suspensionExpiryRange(nowMs: number): { PK: string; before: string } {
  return { PK: SUSPENSION_EXPIRY_PK, before: `${new Date(nowMs).toISOString()}~` };
}

function parseSuspensionExpiryKey({ PK, SK }: AnyKey): { username: string; untilMs: number } | undefined {
  if (PK !== SUSPENSION_EXPIRY_PK || typeof SK !== 'string' || !SK.includes('#')) return undefined;
  const untilMs = Date.parse(SK.slice(0, SK.indexOf('#')));
  return Number.isNaN(untilMs) ? undefined : { username: SK.slice(SK.indexOf('#') + 1), untilMs };
}

/** What was answered to a request with an idempotency key. @param digest of the key, in hex */
export function idempotencyKey(digest: string): ItemKey {
  return { PK: IDEMPOTENCY_PK, SK: `KEY#${digest}` };
}

/** A finding of one sweep. The number is padded, so that the latest come last. */
export interface FindingSubject {
  readonly sweepNumber: number;
  readonly username: string;
  readonly kind: string;
  /** Of its message, in hex. */
  readonly digest: string;
}

export function findingKey({ sweepNumber, username, kind, digest }: FindingSubject): ItemKey {
  const { PK, SK } = findingKeyPrefix(sweepNumber);
  return { PK, SK: `${SK}${USER_PREFIX}${username}#${kind}#${digest}` };
}

/** What the sort keys of all findings of a sweep begin with. */
export function findingKeyPrefix(sweepNumber: number): ItemKey {
  return { PK: FINDING_PK, SK: `SWEEP#${String(sweepNumber).padStart(10, '0')}#` };
}

/** The parts of a finding's key; undefined when it is another item's. A username has no `#`. */
export function parseFindingKey({ PK, SK }: AnyKey): FindingSubject | undefined {
  if (PK !== FINDING_PK || typeof SK !== 'string') return undefined;
  const [, number, username, kind, digest] = /^SWEEP#(\d{10})#USER#([^#]+)#([^#]+)#([0-9a-f]{8})$/.exec(SK) ?? [];
  if (number === undefined || username === undefined || kind === undefined || digest === undefined) return undefined;
  return { sweepNumber: Number(number), username, kind, digest };
}

/** One kind of item that Sesame keeps in the table. */
export interface ItemType {
  readonly name: string;
  /** The two parts of its key; `{}` around what differs. */
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly holds: string;
  /** All that stands beside the key; undefined for a credential, whose attributes docs/record.md lists. `{expiry}` is the table's TTL attribute. */
  readonly attributes?: readonly string[];
  /** Who writes it. */
  readonly writtenBy: string;
  /** How it is found. */
  readonly readBy: string;
  /** When it is deleted. */
  readonly deleted: string;
  /** What a key of this kind says; undefined for every other key. */
  readonly parse: (key: AnyKey) => object | undefined;
}

/** The table's design: every kind of item that Sesame writes. What others keep in the table has other partition keys. */
export const itemTypes: readonly ItemType[] = [
  {
    name: 'credential',
    partitionKey: CREDENTIAL_PK,
    sortKey: `${CREDENTIAL_SK_PREFIX}{username}`,
    holds: 'what administrators ask for, and what Sesame has made in IAM',
    writtenBy: 'administrators; all functions that reconcile, verify or suspend',
    readBy: 'key; Query of the partition for all credentials, or for usernames with a common prefix',
    deleted: 'when an administrator deletes it',
    parse: (key) => {
      const username = usernameOfKey(key);
      return username === undefined ? undefined : { username };
    },
  },
  {
    name: 'counter',
    partitionKey: COUNTER_PK,
    sortKey: `${USER_PREFIX}{username}#{yyyy-mm-ddThh}`,
    holds:
      "how much of a credential's mail was sent, delivered, bounced, complained about or rejected in an hour (UTC)",
    attributes: [...counterNames, '{expiry}'],
    writtenBy: 'feedback processor, email validator; in one transaction with the dedup items',
    readBy: 'Query of a range of hours',
    deleted: 'by TTL, 32 days after its hour',
    parse: parseCounterKey,
  },
  {
    name: 'dedup item',
    partitionKey: `${DEDUP_PK_PREFIX}{username}`,
    sortKey: '{yyyy-mm-ddThh:mm:ss}[#{part}]',
    holds:
      "the ids of what was counted for a credential's mails of one second (UTC), because events may be delivered more than once",
    attributes: ['seen', '{expiry}'],
    writtenBy: 'feedback processor, email validator; in one transaction with the counters',
    readBy: "the transaction's own condition",
    deleted: 'by TTL, 15 days after its last id',
    parse: parseDedupKey,
  },
  {
    name: 'alert window',
    partitionKey: ALERT_PK,
    sortKey: `${USER_PREFIX}{username}#{finding}[#{occurrence}]`,
    holds: 'until when (`until_ms`) a finding is not reported again',
    attributes: ['until_ms', '{expiry}'],
    writtenBy: 'feedback processor, email validator',
    readBy: "the write's own condition; Query of a credential's",
    deleted: 'by TTL, a minute after its end',
    parse: parseAlertKey,
  },
  {
    name: 'missing record',
    partitionKey: ALERT_PK,
    sortKey: `${IAM_USER_PREFIX}{IAM user}${RECORD_MISSING_SUFFIX}`,
    holds: 'since when (`since_ms`) an IAM user of ours is known to send without a record',
    attributes: ['since_ms', '{expiry}'],
    writtenBy: 'feedback processor, email validator',
    readBy: "the write's own condition",
    deleted: 'by TTL, after 90 days',
    parse: parseMissingRecordKey,
  },
  {
    name: 'suspension expiry',
    partitionKey: SUSPENSION_EXPIRY_PK,
    sortKey: '{yyyy-mm-ddThh:mm:ss.sssZ}#{username}',
    holds:
      'when a suspension ends automatically; `ended` is set if it has ended and its end is not completely reported yet',
    attributes: ['username', 'until_ms', 'ended'],
    writtenBy: 'feedback processor',
    readBy: 'Query of all that are due',
    deleted: 'when the suspension has ended',
    parse: parseSuspensionExpiryKey,
  },
  {
    name: 'sweep position',
    partitionKey: SWEEP_POSITION_KEY.PK,
    sortKey: SWEEP_POSITION_KEY.SK,
    holds: 'where the sweep stopped, and the number of sweeps so far (`turn`)',
    attributes: ['entity_type', 'turn', 'from_username', 'from_iam_user', 'reads', 'by', 'updated_at'],
    writtenBy: 'sweeper',
    readBy: 'key',
    deleted: 'never',
    parse: ({ PK, SK }) => (PK === SWEEP_POSITION_KEY.PK && SK === SWEEP_POSITION_KEY.SK ? {} : undefined),
  },
  {
    name: 'finding',
    partitionKey: FINDING_PK,
    sortKey: `SWEEP#{number, ten digits}#${USER_PREFIX}{username}#{kind}#{digest of the message}`,
    holds: 'what a sweep found, and what became of it',
    attributes: ['message', 'outcome', 'found_at', 'correlation_id', '{expiry}'],
    writtenBy: 'sweeper',
    readBy: 'Query of a sweep',
    deleted: 'by TTL, after 32 days',
    parse: parseFindingKey,
  },
  {
    name: 'idempotency key',
    partitionKey: IDEMPOTENCY_PK,
    sortKey: 'KEY#{SHA-256 of the key}',
    holds: 'what was answered to the creation of a credential over the API, so that a repeated request gets the same',
    attributes: ['request_digest', 'started_at', 'leased_until', 'answer_status', 'answer_body', '{expiry}'],
    writtenBy: "the API's function",
    readBy: 'key',
    deleted: 'by TTL, 24 hours after the first request; it counts for so long only',
    parse: ({ PK, SK }) =>
      PK === IDEMPOTENCY_PK && typeof SK === 'string' && /^KEY#[0-9a-f]{64}$/.test(SK) ? {} : undefined,
  },
];

/** The kind of an item by its key; undefined for what isn't Sesame's. */
export function itemTypeOfKey(key: AnyKey): ItemType | undefined {
  return itemTypes.find(({ parse }) => parse(key) !== undefined);
}
