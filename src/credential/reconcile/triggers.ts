import type { Item } from '../credential-table.ts';
import { readAttribution } from '../record/attribution.ts';
import { accessKeyIdsOf, iamUserMadeAtMs, iamUserNameOfItem, readClaim, readRecord } from '../record/record.ts';
import { spec } from '../record/spec.ts';
import { specAttributeNames } from '../record/spec-attribute-names.ts';
import type { Trigger } from './contract.ts';

/** What administrators write besides `status`, as far as a change of it has an effect. */
const SPEC_ATTRIBUTES = specAttributeNames.filter((name) => name !== 'status' && spec[name].effect !== 'none');
/** Attributes that are in no policy. They aren't even read on a record that is to be off. */
const CHECKED_ONLY: readonly string[] = SPEC_ATTRIBUTES.filter((name) => spec[name].effect === 'check');

/** Attributes that only Sesame writes. After a change by anyone else they can't be trusted. */
const SYSTEM_ATTRIBUTES = [
  'iam_user_arn',
  'access_key_id',
  'encrypted_password',
  'policy_digest',
  'previous_key',
  'failure',
] as const;

/**
 * What a change of a record calls for; undefined: nothing. The system's own writes come back on the stream and call for
 * nothing; they are known without asking AWS: a claim is all that changed, or a claim's holder ended it and signed with
 * `updated_by`.
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
    // It can't be read later.
    ...(before !== undefined && after === undefined ? { attribution: readAttribution(before) } : {}),
  };
}

type SupersededUser = Pick<Trigger, 'supersededIamUserName' | 'supersededMadeAtMs' | 'supersededAccessKeyIds'>;

/** The IAM user that an older image of a record refers to, its keys, and when it was made at the latest. */
export function supersededUserOf(username: string, item: Item): SupersededUser | Record<string, never> {
  const supersededIamUserName = iamUserNameOfItem(username, item);
  if (supersededIamUserName === undefined) return {};
  const supersededAccessKeyIds = accessKeyIdsOf(readRecord(username, item));
  return {
    supersededIamUserName,
    supersededMadeAtMs: iamUserMadeAtMs(supersededIamUserName, item),
    ...(supersededAccessKeyIds.length === 0 ? {} : { supersededAccessKeyIds }),
  };
}

/** Whether a change of a record needs handling. */
export function needsReconcile(username: string, before: Item | undefined, after: Item | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  if (isOwnWrite(before, after)) return false;
  // The name of an IAM user that is being made was removed: the user would be left over.
  const name = iamUserNameOfItem(username, before);
  if (name !== undefined && name !== iamUserNameOfItem(username, after)) return true;
  const isToBeOff = after['status'] === 'disabled';
  return ['status', ...SPEC_ATTRIBUTES, ...SYSTEM_ATTRIBUTES]
    .filter((name) => !(isToBeOff && CHECKED_ONLY.includes(name)))
    .some((name) => !isSame(before[name], after[name]));
}

/**
 * Whether an administrator changed what is asked for between two images of a record, the second of them as a run left it. A rotation that was
 * asked for and is done isn't asked for any more.
 */
export function isSpecChanged(before: Item, after: Item): boolean {
  return SPEC_ATTRIBUTES.some((name) =>
    name === 'rotate_requested' ? after[name] === true && before[name] !== true : !isSame(before[name], after[name]),
  );
}

/** Whether the record may be wrong about IAM. */
function mustReobserve(before: Item | undefined, after: Item | undefined): boolean {
  if (SYSTEM_ATTRIBUTES.some((name) => !isSame(before?.[name], after?.[name]))) return true;
  // Only Sesame writes `active`; and a function that lost its claim may have changed IAM.
  if (after?.['status'] === 'active' && before?.['status'] !== 'active') return true;
  const by = readClaim(before?.['claim'])?.by;
  return by !== undefined && readClaim(after?.['claim'])?.by !== by;
}

/** The claim ended, signed by its holder. An item that is saved or copied by hand can't have this attempt's signature. */
function isOwnWrite(before: Item, after: Item): boolean {
  const by = readClaim(before['claim'])?.by;
  return by !== undefined && readClaim(after['claim'])?.by === undefined && after['updated_by'] === by;
}

/** Equal values; sets in any order. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((value) => b.has(value));
  return JSON.stringify(a) === JSON.stringify(b);
}
