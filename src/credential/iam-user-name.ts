import { createHash } from 'node:crypto';
import { CREDENTIAL_SK_PREFIX } from './credential-key.ts';
import { InvalidRecordError } from './errors.ts';
import { quoteCharacter, quoteValue } from './quote-value.ts';

/** Path of every IAM user of ours. The roles' policies allow nothing outside it. */
export const IAM_PATH = '/ses-smtp/';
/** Longest username, in characters. */
export const MAX_USERNAME_LENGTH = 128;
/** Longest IAM user name, in characters. See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MAX_IAM_USER_NAME_LENGTH = 64;

const NAME_PREFIX = 'ses-smtp-user-';
const TIMESTAMP_DIGITS = 13;
const DIGEST_DIGITS = 8;
const TAG_TABLE = 'sesame:table';
const TAG_USERNAME = 'sesame:username';
const TAG_MANAGED_BY = 'sesame:managed-by';

/** A tag as IAM's CreateUser takes it. */
export type IamTag = { readonly Key: string; readonly Value: string };

/** Whose credential it is: the table tells apart several installations in one account. */
export type CredentialOwner = { readonly username: string; readonly table: string };

/**
 * Checks a username: 1 to 128 letters, digits and `+ = . @ _ -`. IAM user names would allow a comma as well, but the
 * username also stands in a tag's value, which must not hold one.
 *
 * @throws InvalidRecordError `InvalidUsername`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function validateUsername(username: string): void {
  if (username === '') throw refuseName(username, 'is empty');
  if (username.length > MAX_USERNAME_LENGTH) {
    throw refuseName(username, `has ${username.length} characters, at most ${MAX_USERNAME_LENGTH} are possible`);
  }
  const strange = /[^A-Za-z0-9+=.@_-]/u.exec(username)?.[0];
  if (strange !== undefined) throw refuseName(username, `holds the character ${quoteCharacter(strange)}`);
  if (username.includes('..')) throw refuseName(username, 'holds ".."');
}

/**
 * Builds the IAM user's name, `ses-smtp-user-{username}-{timestamp}`. A username that doesn't fit is cut, and a digest of the
 * whole takes the place of its end.
 *
 * @param atMs epoch milliseconds of the claim, 13 digits
 * @throws RangeError for another number of digits
 */
export function buildIamUserName(username: string, atMs: number): string {
  const timestamp = String(atMs);
  if (!/^[1-9]\d{12}$/.test(timestamp))
    throw new RangeError(`Not epoch milliseconds of ${TIMESTAMP_DIGITS} digits: ${atMs}`);
  const room = MAX_IAM_USER_NAME_LENGTH - NAME_PREFIX.length - 1 - TIMESTAMP_DIGITS;
  return `${NAME_PREFIX}${fitUsername(username, room)}-${timestamp}`;
}

/** Whether a name is one that `buildIamUserName` gives this username, at whatever time. */
export function isIamUserNameOf(username: string, name: string): boolean {
  const atMs = Number(name.slice(name.lastIndexOf('-') + 1));
  return /-[1-9]\d{12}$/.test(name) && buildIamUserName(username, atMs) === name;
}

/** The tags that make an IAM user ours: they hold the whole username, and the table's name. */
export function buildIamUserTags({ username, table }: CredentialOwner): IamTag[] {
  return [
    { Key: TAG_TABLE, Value: table },
    { Key: TAG_USERNAME, Value: username },
    { Key: TAG_MANAGED_BY, Value: 'sesame' },
  ];
}

/** The tag of a managed policy: roles may change only what carries it. */
export function buildPolicyTags(table: string): IamTag[] {
  return [{ Key: TAG_TABLE, Value: table }];
}

/** Whether these tags prove that the IAM user belongs to this record of this table. Nothing else may be changed or deleted. */
export function isOwnIamUser(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
  owner: CredentialOwner,
): boolean {
  return buildIamUserTags(owner).every((own) => tags.some(({ Key, Value }) => Key === own.Key && Value === own.Value));
}

/** Whose IAM user it is by its tags; undefined when they don't make it ours. */
export function ownerOfTags(tags: readonly IamTag[]): CredentialOwner | undefined {
  const read = (name: string) => tags.find(({ Key }) => Key === name)?.Value;
  const owner = { username: read(TAG_USERNAME) ?? '', table: read(TAG_TABLE) ?? '' };
  return isOwnIamUser(tags, owner) ? owner : undefined;
}

function fitUsername(username: string, room: number): string {
  if (username.length <= room) return username;
  const digest = createHash('sha256').update(username).digest('hex').slice(0, DIGEST_DIGITS);
  return `${username.slice(0, room - DIGEST_DIGITS - 1)}.${digest}`;
}

function refuseName(username: string, reason: string): InvalidRecordError {
  const remedy =
    `Insert the record again with SK "${CREDENTIAL_SK_PREFIX}{username}", ` +
    `where the username is 1 to ${MAX_USERNAME_LENGTH} letters, digits or + = . @ _ -`;
  return new InvalidRecordError('InvalidUsername', `SK: the username ${quoteValue(username)} ${reason}. ${remedy}`);
}
