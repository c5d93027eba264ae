import { readTime } from '../../values/read-time.ts';
import type { Item } from '../credential-table.ts';
import { isIamUserNameOf } from '../iam/iam-user-name.ts';
import { IAM_PATH } from '../iam/ownership.ts';
import { iamUserNamedAtMs } from '../iam/propagation.ts';
import { TRANSITIONS, type Transition } from '../transition.ts';
import { parseTime } from './parse-time.ts';

export const CREDENTIAL_ENTITY_TYPE = 'smtp_credential';

export const CREDENTIAL_STATUSES = ['pending', 'active', 'disabled', 'failed'] as const;

export type CredentialStatus = (typeof CREDENTIAL_STATUSES)[number];

/** Which function works on a record, since when, and which IAM user it is making. Without `by` none does: only the name is kept. */
export interface Claim {
  readonly iamUserName: string | undefined;
  readonly atMs: number;
  readonly by: string | undefined;
  /** The user may have a key that no record names. */
  readonly mayHoldKey?: true;
}

/** The key that a rotation replaced, and its password: both work until it is retired. */
export interface PreviousKey {
  readonly accessKeyId: string;
  readonly encryptedPassword: string | undefined;
  readonly retireAfterMs: number;
  /** When it was made, in epoch milliseconds; undefined on records that an earlier version rotated. */
  readonly createdAtMs: number | undefined;
  /** Since when it is Inactive; undefined while it works. */
  readonly inactiveSinceMs: number | undefined;
  /** It was reported that it is still in use long after the grace period. */
  readonly isReported: boolean;
}

/** The last change that reconcile made, and the trigger that it made it for. */
export interface LastTransition {
  readonly name: Transition;
  readonly correlationId: string;
}

/** What the system itself keeps on a record. Damaged values count as missing: reconcile makes them anew. */
export interface CredentialRecord {
  readonly username: string;
  /** The status as it is on the record, of whatever type. */
  readonly rawStatus: unknown;
  /** Undefined when `status` is none of the four. */
  readonly status: CredentialStatus | undefined;
  readonly iamUserArn: string | undefined;
  /** It names another credential's IAM user, because the item was copied. What it says about keys is about that user. */
  readonly namesOtherUser: boolean;
  readonly accessKeyId: string | undefined;
  readonly encryptedPassword: string | undefined;
  readonly policyDigest: string | undefined;
  /** The digest of the whole spec, of which the policy holds only the patterns that have a receiving rule. */
  readonly narrowedFrom: string | undefined;
  readonly createdAt: string | undefined;
  readonly claim: Claim | undefined;
  readonly failureCode: string | undefined;
  readonly failureAttempts: number;
  readonly failureCorrelationId: string | undefined;
  /** When it began to fail with this code, in epoch milliseconds. */
  readonly failureSinceMs: number | undefined;
  readonly lastTransition: LastTransition | undefined;
  readonly previousKey: PreviousKey | undefined;
  /** Epoch milliseconds; 0 when it isn't known. */
  readonly keyCreatedAtMs: number;
  /** A real SMTP login with the current key has succeeded. */
  readonly isVerified: boolean;
  readonly rotateAfterDays: number | undefined;
  readonly rotateRequested: boolean;
  readonly rotationUndoneAtMs: number | undefined;
  readonly rotationAnnouncedAtMs: number | undefined;
  /** When the credential expires: epoch milliseconds; undefined: never, or it can't be read. */
  readonly validUntilMs: number | undefined;
  /** The expiry that its owner was told of, and how many days before it at most. */
  readonly expiryAnnounced: { readonly untilMs: number; readonly days: number } | undefined;
  /** The credential is to be off: its status says so, or a `disabled` could not be carried out. Writing `pending` ends that. */
  readonly isToBeOff: boolean;
  /** A `disabled` could not be carried out yet. */
  readonly hasUnfinishedDisable: boolean;
  /** It was off when Sesame last wrote so. Together with status `disabled` that is what "off" means. */
  readonly hasBeenOff: boolean;
  /** When Sesame itself last wrote the record: epoch milliseconds, 0 when it isn't known. */
  readonly updatedAtMs: number;
  /** Everything on the record, for the strict reading of the spec. */
  readonly item: Item;
}

/** The IAM user's name in its ARN: the part after the last slash of the path. */
export function iamUserNameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Reads what the system keeps on a record. Never throws: hand-made damage counts as missing. */
export function readRecord(username: string, item: Item): CredentialRecord {
  const failure = asItem(item['failure']);
  const iamUserArn = readOwnArn(username, item['iam_user_arn']);
  // A copied item names another credential's keys as well.
  const namesOtherUser = iamUserArn === undefined && asText(item['iam_user_arn']) !== undefined;
  const own = namesOtherUser ? {} : item;
  return {
    username,
    rawStatus: item['status'],
    status: asStatus(item['status']),
    iamUserArn,
    namesOtherUser,
    accessKeyId: asText(own['access_key_id']),
    encryptedPassword: asText(own['encrypted_password']),
    policyDigest: asText(item['policy_digest']),
    narrowedFrom: asText(item['narrowed_from']),
    createdAt: asText(item['created_at']),
    claim: readClaim(item['claim']),
    failureCode: asText(failure?.['code']),
    failureAttempts: typeof failure?.['attempts'] === 'number' ? failure['attempts'] : 0,
    failureCorrelationId: asText(failure?.['correlation_id']),
    failureSinceMs: readTime(failure?.['since']) ?? readTime(failure?.['at']),
    lastTransition: readLastTransition(item['last_transition']),
    previousKey: readPreviousKey(own['previous_key']),
    keyCreatedAtMs: readTime(item['key_created_at']) ?? readTime(item['created_at']) ?? 0,
    isVerified: asText(item['verified_at']) !== undefined,
    rotateAfterDays: readDays(item['rotate_after_days']),
    rotateRequested: item['rotate_requested'] === true,
    rotationUndoneAtMs: readTime(item['rotation_undone_at']),
    rotationAnnouncedAtMs: readTime(item['rotation_announced_at']),
    validUntilMs: parseTime(item['valid_until']),
    expiryAnnounced: readExpiryAnnounced(item['expiry_announced']),
    isToBeOff: item['status'] === 'disabled' || (failure?.['wish'] === 'disabled' && item['status'] !== 'pending'),
    hasUnfinishedDisable: failure?.['wish'] === 'disabled' && item['status'] !== 'pending',
    hasBeenOff: item['disabled_at'] !== undefined,
    updatedAtMs: readTime(item['updated_at']) ?? 0,
    item,
  };
}

/**
 * An ARN counts only when it names this username's own user under our path. An item that somebody duplicated in the
 * DynamoDB console under another username still holds the first one's ARN.
 */
function readOwnArn(username: string, value: unknown): string | undefined {
  const arn = asText(value);
  if (arn === undefined || !arn.includes(`:user${IAM_PATH}`)) return undefined;
  return isIamUserNameOf(username, iamUserNameOfArn(arn)) ? arn : undefined;
}

/** The claim on an item, if there is a readable one. `at` is an ISO 8601 time. */
export function readClaim(value: unknown): Claim | undefined {
  const claim = asItem(value);
  if (claim === undefined) return undefined;
  return {
    iamUserName: asText(claim['iam_user_name']),
    // A claim whose time can't be read is as old as can be: it must not lock the record for ever.
    atMs: readTime(claim['at']) ?? 0,
    by: asText(claim['by']),
    ...(claim['may_hold_key'] === true ? { mayHoldKey: true } : {}),
  };
}

function readPreviousKey(value: unknown): PreviousKey | undefined {
  const key = asItem(value);
  const accessKeyId = asText(key?.['access_key_id']);
  if (key === undefined || accessKeyId === undefined) return undefined;
  return {
    accessKeyId,
    encryptedPassword: asText(key['encrypted_password']),
    retireAfterMs: readTime(key['retire_after']) ?? 0,
    createdAtMs: readTime(key['created_at']),
    inactiveSinceMs: readTime(key['inactive_since']),
    isReported: asText(key['reported_at']) !== undefined,
  };
}

function readExpiryAnnounced(value: unknown): CredentialRecord['expiryAnnounced'] {
  const announced = asItem(value);
  const untilMs = readTime(announced?.['valid_until']);
  const days = announced?.['days'];
  return untilMs === undefined || typeof days !== 'number' ? undefined : { untilMs, days };
}

function readLastTransition(value: unknown): LastTransition | undefined {
  const last = asItem(value);
  const name = TRANSITIONS.find((transition) => transition === last?.['name']);
  const correlationId = asText(last?.['correlation_id']);
  return name === undefined || correlationId === undefined ? undefined : { name, correlationId };
}

function readDays(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

/** This username's IAM user that a record (or an older image of it) refers to, by ARN first, by claim otherwise. */
export function iamUserNameOfItem(username: string, item: Item): string | undefined {
  const arn = readOwnArn(username, item['iam_user_arn']);
  const name = arn === undefined ? readClaim(item['claim'])?.iamUserName : iamUserNameOfArn(arn);
  return name !== undefined && isIamUserNameOf(username, name) ? name : undefined;
}

/** The keys that a record names: its own, and the one that a rotation replaced. */
export function accessKeyIdsOf({
  accessKeyId,
  previousKey,
}: Pick<CredentialRecord, 'accessKeyId' | 'previousKey'>): string[] {
  return [accessKeyId, previousKey?.accessKeyId].filter((id) => id !== undefined);
}

/**
 * The latest sign on a record that somebody made its IAM user or key: epoch milliseconds. The user's name alone doesn't tell: a run
 * that takes over a claim keeps the name in it, and may make the user much later.
 */
export function iamUserMadeAtMs(iamUserName: string, item: Item): number {
  const claimedAtMs = readClaim(item['claim'])?.atMs ?? 0;
  return Math.max(iamUserNamedAtMs(iamUserName), readTime(item['key_created_at']) ?? 0, claimedAtMs);
}

function asStatus(value: unknown): CredentialStatus | undefined {
  return CREDENTIAL_STATUSES.find((status) => status === value);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asItem(value: unknown): Item | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Set)
    ? (value as Item)
    : undefined;
}
