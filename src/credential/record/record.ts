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

/**
 * The attempt that works on a record, since when, and the IAM user that it creates. Without `by` there is no such
 * attempt, and only the name is kept.
 */
export interface Claim {
  readonly iamUserName: string | undefined;
  readonly atMs: number;
  readonly by: string | undefined;
  /** The user may have a key that no record names. */
  readonly mayHoldKey?: true;
}

/** The key that a rotation replaced, and its password. Both work until the key is retired. */
export interface PreviousKey {
  readonly accessKeyId: string;
  readonly encryptedPassword: string | undefined;
  readonly retireAfterMs: number;
  /** When it was created: epoch milliseconds. Undefined on records that an earlier version rotated. */
  readonly createdAtMs: number | undefined;
  /** Since when it is Inactive. Undefined while it works. */
  readonly inactiveSinceMs: number | undefined;
  /** The key was still in use long after the grace period, and this was reported. */
  readonly isReported: boolean;
}

/** The last transition that reconcile made, and the trigger that it was made for. */
export interface LastTransition {
  readonly name: Transition;
  readonly correlationId: string;
}

/** The system attributes of a record. Damaged values count as missing, and reconcile restores them. */
export interface CredentialRecord {
  readonly username: string;
  /** The stored value of `status`, of any type. */
  readonly rawStatus: unknown;
  /** Undefined if `status` is none of the four. */
  readonly status: CredentialStatus | undefined;
  readonly iamUserArn: string | undefined;
  /** The item was copied, so it names another credential's IAM user. Its key attributes describe that user. */
  readonly namesOtherUser: boolean;
  readonly accessKeyId: string | undefined;
  readonly encryptedPassword: string | undefined;
  readonly policyDigest: string | undefined;
  /** The digest of the complete spec, if the policy contains only the patterns that have a receiving rule. */
  readonly narrowedFrom: string | undefined;
  readonly createdAt: string | undefined;
  readonly claim: Claim | undefined;
  readonly failureCode: string | undefined;
  readonly failureAttempts: number;
  readonly failureCorrelationId: string | undefined;
  /** When the failure with this code began: epoch milliseconds. */
  readonly failureSinceMs: number | undefined;
  readonly lastTransition: LastTransition | undefined;
  readonly previousKey: PreviousKey | undefined;
  /** Epoch milliseconds; 0 if unknown. */
  readonly keyCreatedAtMs: number;
  /** An SMTP login with the current key has succeeded. */
  readonly isVerified: boolean;
  readonly rotateAfterDays: number | undefined;
  readonly rotateRequested: boolean;
  /** When the old key is retired even if it is in use: epoch milliseconds. */
  readonly retireByMs: number | undefined;
  readonly rotationUndoneAtMs: number | undefined;
  readonly rotationAnnouncedAtMs: number | undefined;
  /** When the credential expires: epoch milliseconds. Undefined if it never does, or the value is invalid. */
  readonly validUntilMs: number | undefined;
  /** The expiry that was announced to the owner, and how many days before it at most. */
  readonly expiryAnnounced: { readonly untilMs: number; readonly days: number } | undefined;
  /**
   * The credential should be off: its status is `disabled`, or a request to disable is unfinished. Writing `pending`
   * cancels this.
   */
  readonly isToBeOff: boolean;
  /** A request to disable could not be completed yet. */
  readonly hasUnfinishedDisable: boolean;
  /**
   * The credential was off when Sesame last recorded it. If the status is `disabled` as well, the credential is off.
   */
  readonly hasBeenOff: boolean;
  /** When Sesame last wrote the record: epoch milliseconds, 0 if unknown. */
  readonly updatedAtMs: number;
  /** The whole record, for the validation of the spec. */
  readonly item: Item;
}

/** The name of the IAM user in an ARN: the part after the last slash of the path. */
export function iamUserNameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Reads the system attributes of a record. Never throws: values that were damaged by hand count as missing. */
export function readRecord(username: string, item: Item): CredentialRecord {
  const failure = asItem(item['failure']);
  const iamUserArn = readOwnArn(username, item['iam_user_arn']);
  // A copied item also names another credential's keys.
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
    retireByMs: parseTime(item['retire_by']),
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
 * Returns an ARN only if it names this username's own user on our path. An item that somebody duplicated in the
 * DynamoDB console under another username still has the first one's ARN.
 */
function readOwnArn(username: string, value: unknown): string | undefined {
  const arn = asText(value);
  if (arn === undefined || !arn.includes(`:user${IAM_PATH}`)) return undefined;
  return isIamUserNameOf(username, iamUserNameOfArn(arn)) ? arn : undefined;
}

/** The claim in an item, if it is readable. `at` is an ISO 8601 time. */
export function readClaim(value: unknown): Claim | undefined {
  const claim = asItem(value);
  if (claim === undefined) return undefined;
  return {
    iamUserName: asText(claim['iam_user_name']),
    // A claim with an unreadable time counts as expired. Otherwise it would lock the record forever.
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

/** The IAM user of this username that a record or an older image names: in its ARN, or else in its claim. */
export function iamUserNameOfItem(username: string, item: Item): string | undefined {
  const arn = readOwnArn(username, item['iam_user_arn']);
  const name = arn === undefined ? readClaim(item['claim'])?.iamUserName : iamUserNameOfArn(arn);
  return name !== undefined && isIamUserNameOf(username, name) ? name : undefined;
}

/** The keys that a record names: its current key, and the one that a rotation replaced. */
export function accessKeyIdsOf({
  accessKeyId,
  previousKey,
}: Pick<CredentialRecord, 'accessKeyId' | 'previousKey'>): string[] {
  return [accessKeyId, previousKey?.accessKeyId].filter((id) => id !== undefined);
}

/**
 * The latest time at which somebody can have created the record's IAM user or key, according to the record: epoch
 * milliseconds. The user's name alone is not enough: an attempt that takes over a claim keeps the name, and may create
 * the user much later.
 */
export function iamUserCreatedAtMs(iamUserName: string, item: Item): number {
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
