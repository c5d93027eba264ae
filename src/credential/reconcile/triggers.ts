import type { Item } from '../credential-table.ts';
import { readAttribution } from '../record/attribution.ts';
import { accessKeyIdsOf, iamUserMadeAtMs, iamUserNameOfItem, readClaim, readRecord } from '../record/record.ts';
import { spec } from '../record/spec.ts';
import { specAttributeNames } from '../record/spec-attribute-names.ts';
import type { Trigger } from './contract.ts';

/** What administrators write besides `status`, as far as a change of it calls for a look. */
const SPEC_ATTRIBUTES = specAttributeNames.filter((name) => name !== 'status' && spec[name].effect !== 'none');
/** What stands in no policy, and isn't even read on a record that is to be off. */
const CHECKED_ONLY: readonly string[] = SPEC_ATTRIBUTES.filter((name) => spec[name].effect === 'check');

/** What only the system writes, and must not believe when somebody else has changed it. */
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
    // Nobody can read it later.
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

/** Whether a change of a record calls for a look at it. */
export function needsReconcile(username: string, before: Item | undefined, after: Item | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  if (isOwnWrite(before, after)) return false;
  // Somebody took away the name of an IAM user that is being made: it would be left over.
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

/** Whether the record may tell something of IAM that isn't so. */
function mustReobserve(before: Item | undefined, after: Item | undefined): boolean {
  if (SYSTEM_ATTRIBUTES.some((name) => !isSame(before?.[name], after?.[name]))) return true;
  // Only the system writes `active`; and whoever lost its claim may have changed IAM by then.
  if (after?.['status'] === 'active' && before?.['status'] !== 'active') return true;
  const by = readClaim(before?.['claim'])?.by;
  return by !== undefined && readClaim(after?.['claim'])?.by !== by;
}

/** Its claim ended, and the holder signed: an item that somebody saves or copies can't hold this run's signature. */
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
