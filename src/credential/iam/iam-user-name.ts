import { createHash } from 'node:crypto';
import { quoteCharacter, quoteValue } from '../../values/quote-value.ts';
import { CREDENTIAL_SK_PREFIX } from '../credential-key.ts';
import { InvalidRecordError } from '../errors.ts';
import { buildIamPath, buildTableMark, type Deployment, IAM_PATH, managedMarks, type Ownership } from './ownership.ts';

/** The maximum length of a username, in characters. */
export const MAX_USERNAME_LENGTH = 128;
/**
 * The maximum length of an IAM user name, in characters. See
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_IAM_USER_NAME_LENGTH = 64;

const NAME_PREFIX = 'ses-smtp-user-';
const TIMESTAMP_DIGITS = 13;
const DIGEST_DIGITS = 8;
const TAG_TABLE = 'sesame:table';
const TAG_USERNAME = 'sesame:username';
const TAG_MANAGED_BY = 'sesame:managed-by';

/** A tag in the format of IAM's CreateUser. */
export type IamTag = { readonly Key: string; readonly Value: string };

/**
 * The name of a user's managed policy. Policy names are unique per account regardless of the path, so a policy that is
 * recreated on another path needs another name:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function buildPolicyName(iamUserName: string, deployment: Deployment): string {
  return `${iamUserName}-${digestOf(buildTableMark(deployment))}`;
}

/** The name of the IAM user, taken from a policy name of `buildPolicyName`. */
export function iamUserNameOfPolicy(policyName: string): string {
  return policyName.slice(0, -(DIGEST_DIGITS + 1));
}

/**
 * The paths and names under which the user may still have a managed policy of version 0.1, or of the table's former
 * name.
 */
export function formerPolicies(iamUserName: string, ownership: Ownership): string[] {
  const { region, previousTableNames = [], managesUsersOf01 = true } = ownership;
  return [
    ...previousTableNames.map((table) => {
      const former = { region, table };
      return `${buildIamPath(former)}${buildPolicyName(iamUserName, former)}`;
    }),
    ...(managesUsersOf01 ? [`${IAM_PATH}${iamUserName}`] : []),
  ];
}

/**
 * The owner of an IAM user according to its tags: a username, and the mark of a table (`buildTableMark`, or the mark of
 * version 0.1).
 */
export type CredentialOwner = { readonly username: string; readonly mark: string };

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

/**
 * Checks a username: 1 to 128 letters, digits and `+ = . @ _ -`. IAM would also allow a comma in a user name. But the
 * username is also a tag value, which must not contain one.
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
  if (username === '.') throw refuseName(username, 'is a single dot, which is left out of every URL');
  if (username.includes('..')) throw refuseName(username, 'holds ".."');
}

/**
 * Builds the IAM user's name, `ses-smtp-user-{username}-{timestamp}`. If the username is too long, it is cut and ends
 * with a digest of the full username.
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

/** Whether `buildIamUserName` can have built this name for this username, at any time. */
export function isIamUserNameOf(username: string, name: string): boolean {
  const atMs = Number(name.slice(name.lastIndexOf('-') + 1));
  return /-[1-9]\d{12}$/.test(name) && buildIamUserName(username, atMs) === name;
}

/** The tags of an IAM user: the full username, the deployment's mark, and the company's own tags. */
export function buildIamUserTags({ username, ...deployment }: Ownership & { readonly username: string }): IamTag[] {
  return [
    { Key: TAG_TABLE, Value: buildTableMark(deployment) },
    { Key: TAG_USERNAME, Value: username },
    { Key: TAG_MANAGED_BY, Value: 'sesame' },
    ...ownTags(deployment),
  ];
}

/** The tags of a managed policy. The roles may only change policies with these tags. */
export function buildPolicyTags(deployment: Ownership): IamTag[] {
  return [{ Key: TAG_TABLE, Value: buildTableMark(deployment) }, ...ownTags(deployment)];
}

/**
 * Whether these tags prove that the IAM user belongs to this username of this deployment, by its own mark or by one
 * that it takes over. No other user may be changed or deleted.
 */
export function isOwnIamUser(tags: Tags, username: string, ownership: Ownership): boolean {
  const owner = ownerOfTags(tags);
  return owner?.username === username && managedMarks(ownership).includes(owner.mark);
}

/** The owner of an IAM user according to its tags; undefined if the tags aren't Sesame's. */
export function ownerOfTags(tags: Tags): CredentialOwner | undefined {
  const read = (name: string) => tags.find(({ Key }) => Key === name)?.Value;
  const username = read(TAG_USERNAME);
  const mark = read(TAG_TABLE);
  if (read(TAG_MANAGED_BY) !== 'sesame' || username === undefined || mark === undefined) return undefined;
  return { username, mark };
}

/** Whether all of these tags are present with the same values. */
export function holdsTags(tags: Tags, wanted: readonly IamTag[]): boolean {
  return wanted.every((own) => tags.some(({ Key, Value }) => Key === own.Key && Value === own.Value));
}

function ownTags({ userTags = {} }: { readonly userTags?: Readonly<Record<string, string>> }): IamTag[] {
  return Object.entries(userTags).map(([Key, Value]) => ({ Key, Value }));
}

function fitUsername(username: string, room: number): string {
  if (username.length <= room) return username;
  return `${username.slice(0, room - DIGEST_DIGITS - 1)}.${digestOf(username)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_DIGITS);
}

function refuseName(username: string, reason: string): InvalidRecordError {
  const remedy =
    `A username has 1 to ${MAX_USERNAME_LENGTH} letters, digits or + = . @ _ -. Choose another one: ` +
    `in the table, insert the record again with SK "${CREDENTIAL_SK_PREFIX}{username}".`;
  return new InvalidRecordError('InvalidUsername', `SK: the username ${quoteValue(username)} ${reason}. ${remedy}`);
}
