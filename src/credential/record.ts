import { IAM_PATH, isIamUserNameOf } from './iam-user-name.ts';

/** The partition key of every credential. */
export const CREDENTIAL_PK = 'SMTP_USER';
/** What a credential's sort key begins with; the username follows. */
export const CREDENTIAL_SK_PREFIX = 'USER#';
export const CREDENTIAL_ENTITY_TYPE = 'smtp_credential';

/** A table item as plain values: numbers, strings, booleans, arrays, sets, maps. */
export type Item = Readonly<Record<string, unknown>>;

export type CredentialStatus = 'pending' | 'active' | 'disabled' | 'failed';

/** Who works on a record, since when, and which IAM user it is making. Without `by` nobody does: only the name is kept. */
export interface Claim {
  readonly iamUserName: string | undefined;
  readonly atMs: number;
  readonly by: string | undefined;
}

/** Why a record is `failed`, in words that an administrator can act on. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly at: string;
  readonly attempts: number;
  readonly correlationId: string;
}

/** What the system itself keeps on a record. Damaged values count as missing: reconcile makes them anew. */
export interface CredentialRecord {
  readonly username: string;
  /** The status as it stands there, of whatever type. */
  readonly rawStatus: unknown;
  /** Undefined when `status` is none of the four. */
  readonly status: CredentialStatus | undefined;
  readonly iamUserArn: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly encryptedPassword: string | undefined;
  readonly policyDigest: string | undefined;
  readonly createdAt: string | undefined;
  readonly claim: Claim | undefined;
  readonly failureAttempts: number;
  /** Everything that stands on the record, for the strict reading of what the administrator wants. */
  readonly item: Item;
}

/** The username in a credential's key, or undefined when the key belongs to somebody else's item. */
export function usernameOfKey(key: { PK?: unknown; SK?: unknown }): string | undefined {
  if (key.PK !== CREDENTIAL_PK || typeof key.SK !== 'string' || !key.SK.startsWith(CREDENTIAL_SK_PREFIX)) {
    return undefined;
  }
  return key.SK.slice(CREDENTIAL_SK_PREFIX.length);
}

/** The key of a username's record. */
export function keyOfUsername(username: string): { PK: string; SK: string } {
  return { PK: CREDENTIAL_PK, SK: `${CREDENTIAL_SK_PREFIX}${username}` };
}

/** The IAM user's name in its ARN: what stands behind the last slash of the path. */
export function iamUserNameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Reads what the system keeps on a record. Never throws: hand-made damage counts as missing. */
export function readRecord(username: string, item: Item): CredentialRecord {
  const failure = asItem(item['failure']);
  return {
    username,
    rawStatus: item['status'],
    status: asStatus(item['status']),
    iamUserArn: readOwnArn(username, item['iam_user_arn']),
    accessKeyId: asText(item['access_key_id']),
    encryptedPassword: asText(item['encrypted_password']),
    policyDigest: asText(item['policy_digest']),
    createdAt: asText(item['created_at']),
    claim: readClaim(item['claim']),
    failureAttempts: typeof failure?.['attempts'] === 'number' ? failure['attempts'] : 0,
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
  const atMs = Date.parse(asText(claim['at']) ?? '');
  return {
    iamUserName: asText(claim['iam_user_name']),
    // A claim whose time can't be read is as old as can be: it must not lock the record for ever.
    atMs: Number.isNaN(atMs) ? 0 : atMs,
    by: asText(claim['by']),
  };
}

/** The IAM user that a record (or an older image of it) refers to, by ARN first, by claim otherwise. */
export function iamUserNameOfItem(item: Item): string | undefined {
  const arn = asText(item['iam_user_arn']);
  return arn === undefined ? readClaim(item['claim'])?.iamUserName : iamUserNameOfArn(arn);
}

function asStatus(value: unknown): CredentialStatus | undefined {
  return value === 'pending' || value === 'active' || value === 'disabled' || value === 'failed' ? value : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asItem(value: unknown): Item | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Set)
    ? (value as Item)
    : undefined;
}
