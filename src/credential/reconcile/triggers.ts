import type { Item } from '../credential-table.ts';
import { readAttribution } from '../record/attribution.ts';
import { POLICY_ATTRIBUTES } from '../record/desired-state.ts';
import { accessKeyIdsOf, iamUserCreatedAtMs, iamUserNameOfItem, readClaim, readRecord } from '../record/record.ts';
import { spec } from '../record/spec.ts';
import { specAttributeNames } from '../record/spec-attribute-names.ts';
import type { Trigger } from './contract.ts';

/** The attributes besides `status` that administrators write, if a change of them has an effect. */
const SPEC_ATTRIBUTES = specAttributeNames.filter((name) => name !== 'status' && spec[name].effect !== 'none');
/** Attributes that are in no policy. On a record that should be off they aren't even read. */
const CHECKED_ONLY: readonly string[] = SPEC_ATTRIBUTES.filter((name) => spec[name].effect === 'check');

/** Attributes that only Sesame writes. They can't be trusted after anybody else has changed them. */
const SYSTEM_ATTRIBUTES = [
  'iam_user_arn',
  'access_key_id',
  'encrypted_password',
  'policy_digest',
  'previous_key',
  'failure',
] as const;

/**
 * The trigger that a change of a record requires; undefined if it requires none. Sesame's own writes also appear in the
 * stream and require none. They are recognized without a call to AWS: either only the claim changed, or the claim's
 * holder removed the claim and wrote its id to `updated_by`.
 */
export function triggerOfChange(
  username: string,
  before: Item | undefined,
  after: Item | undefined,
): Omit<Trigger, 'correlationId'> | undefined {
  if (!needsReconcile(username, before, after)) return undefined;
  const superseded = before === undefined ? {} : supersededUserOf(username, before);
  return {
    username,
    ...superseded,
    ...(mustReobserve(before, after) ? { forceResync: true } : {}),
    ...(isPolicyEdited(before, after) ? { isPolicyEdited: true } : {}),
    // The record is gone, so this can't be read later.
    ...(before !== undefined && after === undefined ? { attribution: readAttribution(before) } : {}),
  };
}

type SupersededUser = Pick<Trigger, 'supersededIamUserName' | 'supersededCreatedAtMs' | 'supersededAccessKeyIds'>;

/**
 * The IAM user that an older image of a record names, its keys, and the latest time at which it can have been created.
 */
export function supersededUserOf(username: string, item: Item): SupersededUser | Record<string, never> {
  const supersededIamUserName = iamUserNameOfItem(username, item);
  if (supersededIamUserName === undefined) return {};
  const supersededAccessKeyIds = accessKeyIdsOf(readRecord(username, item));
  return {
    supersededIamUserName,
    supersededCreatedAtMs: iamUserCreatedAtMs(supersededIamUserName, item),
    ...(supersededAccessKeyIds.length === 0 ? {} : { supersededAccessKeyIds }),
  };
}

/** Whether a change of a record must be handled. */
export function needsReconcile(username: string, before: Item | undefined, after: Item | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  if (isOwnWrite(username, before, after)) return false;
  // Somebody removed the name of an IAM user that is being created, so the user would be left over.
  const name = iamUserNameOfItem(username, before);
  if (name !== undefined && name !== iamUserNameOfItem(username, after)) return true;
  const isToBeOff = after['status'] === 'disabled';
  return ['status', ...SPEC_ATTRIBUTES, ...SYSTEM_ATTRIBUTES]
    .filter((name) => !(isToBeOff && CHECKED_ONLY.includes(name)))
    .some((name) => !isSame(before[name], after[name]));
}

/**
 * Whether an administrator changed the spec between two images of a record. The second image is the one after an
 * attempt, which removes the request for a rotation that it has done.
 */
export function isSpecChanged(before: Item, after: Item): boolean {
  return SPEC_ATTRIBUTES.some((name) =>
    name === 'rotate_requested' ? after[name] === true && before[name] !== true : !isSame(before[name], after[name]),
  );
}

/** Then an equal `policy_digest` proves nothing: whoever writes the table may have stored it before the edit. */
function isPolicyEdited(before: Item | undefined, after: Item | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return POLICY_ATTRIBUTES.some((name) => !isSame(before[name], after[name]));
}

/** Whether the record may no longer match IAM. */
function mustReobserve(before: Item | undefined, after: Item | undefined): boolean {
  if (SYSTEM_ATTRIBUTES.some((name) => !isSame(before?.[name], after?.[name]))) return true;
  // Only Sesame writes `active`; and a function that lost its claim may have changed IAM.
  if (after?.['status'] === 'active' && before?.['status'] !== 'active') return true;
  const by = readClaim(before?.['claim'])?.by;
  return by !== undefined && readClaim(after?.['claim'])?.by !== by;
}

/**
 * The claim was removed, and `updated_by` names its holder. An item that was saved or copied by hand can't match this
 * claim.
 */
function isOwnWrite(username: string, before: Item, after: Item): boolean {
  const by = readClaim(before['claim'])?.by;
  const isSigned = by !== undefined && readClaim(after['claim'])?.by === undefined && after['updated_by'] === by;
  return isSigned && isPossibleOwnWrite(username, before, after);
}

/**
 * Whether an attempt may end like this. The signature is plain data that whoever writes the table can copy, so it must
 * not hide a change of the spec. An attempt never changes the spec, writes `pending` or names another IAM user than
 * before, and it writes `disabled` only with a new suspension, or if an earlier attempt could not switch the credential
 * off.
 */
function isPossibleOwnWrite(username: string, before: Item, after: Item): boolean {
  if (isSpecChanged(before, after)) return false;
  const named = ({ iam_user_arn }: Item) => iamUserNameOfItem(username, { iam_user_arn });
  if (named(before) !== undefined && named(before) !== named(after)) return false;
  if (isSame(before['status'], after['status'])) return true;
  if (after['status'] === 'pending') return false;
  const wasToBeOff = (before['failure'] as Item | undefined)?.['wish'] === 'disabled';
  return after['status'] !== 'disabled' || wasToBeOff || !isSame(before['suspension'], after['suspension']);
}

/** Whether two values are equal. The order in sets is ignored. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((value) => b.has(value));
  return JSON.stringify(a) === JSON.stringify(b);
}
