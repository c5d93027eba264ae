import type { Item } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { isOwnIamUser } from '../iam/iam-user-name.ts';
import type { AccessKey } from '../iam/iam-users.ts';
import { ownershipOf } from '../iam/ownership.ts';
import { accessKeyNotVisible, iamUserNamedAtMs, iamUserNotVisible, isYoung } from '../iam/propagation.ts';
import { iamUserNameOfArn, readClaim } from '../record/record.ts';
import type { Attempt } from './attempt.ts';
import { claimOver } from './claim-over.ts';
import type { ReconcileDeps, Trigger } from './contract.ts';
import { isDenied } from './is-denied.ts';
import { ownName } from './lease.ts';
import { keyLeftOverError, type LeftOver, leftOverError } from './left-over.ts';
import { observeUser } from './observe-user.ts';
import { mayHideKey } from './plan.ts';
import { findRenamedUser, restoreName } from './renamed-user.ts';
import { deleteNewKey, undoProvision } from './undo-provision.ts';

/** The pauses between reads of a new user. If it isn't visible after the last one, the next attempt handles it. */
const visibilityDelaysMs = [200, 400, 800];

/**
 * Deletes an IAM user that the record no longer names, if its tags prove that it belongs to this username. If the user
 * is already gone, it is still reported: an earlier attempt may have deleted it and died before it published `deleted`.
 *
 * @throws SesameError `IamUserNotVisible` while the user may be too new for IAM to show it
 */
export async function removeSupersededUser(
  trigger: Trigger,
  currentName: string | undefined,
  deps: ReconcileDeps,
): Promise<{ readonly deletedIamUserName?: string; readonly isRepeat?: true }> {
  const { username } = trigger;
  const superseded = ownName(username, trigger.supersededIamUserName);
  if (superseded === undefined || superseded === currentName) return {};
  const createdAtMs = Math.max(iamUserNamedAtMs(superseded), trigger.supersededCreatedAtMs ?? 0);
  const mayBeHidden = isYoung(createdAtMs, deps.now(), deps.settings.iamPropagationSeconds);
  const user = await findUser(superseded, mayBeHidden, deps);
  if (user === undefined) return removeByKeys(superseded, trigger, mayBeHidden, deps);
  if (!isOwnIamUser(user.tags, username, ownershipOf(deps.settings))) return {};
  // IAM showed the user a moment ago, so it may exist even if it is absent now.
  const leftOver = mayBeHidden
    ? await undoWhenVisible(superseded, deps)
    : await undoProvision(superseded, deps.iamUsers, true);
  if (leftOver === undefined) return { deletedIamUserName: superseded };
  if (isNotVisible(leftOver) && !mayBeHidden) return removeByKeys(superseded, trigger, false, deps);
  throw leftOverError(superseded, leftOver);
}

/**
 * IAM doesn't find the user by its name. If its keys show that it was renamed, it gets its name back and is deleted.
 */
async function removeByKeys(
  iamUserName: string,
  { username, supersededAccessKeyIds = [] }: Trigger,
  mayBeHidden: boolean,
  deps: ReconcileDeps,
): Promise<{ readonly deletedIamUserName: string; readonly isRepeat?: true }> {
  const owner = { username, ownership: ownershipOf(deps.settings) };
  const renamed = await findRenamedUser(iamUserName, supersededAccessKeyIds, owner, deps);
  if (renamed === 'hidden' || (renamed === undefined && mayBeHidden)) throw iamUserNotVisible(iamUserName);
  if (renamed === undefined) return { deletedIamUserName: iamUserName, isRepeat: true };
  // With its original name, the next attempt finds whatever this one can't delete.
  await restoreName(iamUserName, renamed, deps);
  const leftOver = await undoWhenVisible(iamUserName, deps);
  if (leftOver !== undefined) throw leftOverError(iamUserName, leftOver);
  return { deletedIamUserName: iamUserName };
}

function isNotVisible({ cause }: LeftOver): boolean {
  return cause instanceof SesameError && cause.code === 'IamUserNotVisible';
}

async function findUser(
  name: string,
  mayBeHidden: boolean,
  { iamUsers, sleep }: ReconcileDeps,
): ReturnType<ReconcileDeps['iamUsers']['findUser']> {
  for (const delayMs of mayBeHidden ? visibilityDelaysMs : []) {
    const user = await iamUsers.findUser(name);
    if (user !== undefined) return user;
    await sleep(delayMs);
  }
  return iamUsers.findUser(name);
}

/**
 * Undoes only what this attempt created: the user with its keys, or a key of an older user. If the lease is nearly
 * over, another function may soon work on the same user. Then only the new key is deleted, because nobody else knows
 * its secret.
 */
export async function undo(attempt: Attempt, provisions: 'user' | 'key'): Promise<LeftOver | undefined> {
  const { progress, target, deps } = attempt;
  if (deps.now() >= attempt.lease.beginUntilMs) return (await removeCreatedKey(attempt)) ?? { cause: claimOver() };
  // The answer of CreateUser was lost, and the record already names the user: it may have existed before, with a key in
  // use.
  const isNamed = attempt.record.iamUserArn !== undefined && progress.iamUserArn === undefined;
  if (provisions === 'key' || progress.mayHaveUser !== true || isNamed) return removeOwnKey(attempt);
  const name = target.iamUserName;
  const user = await findUser(name, true, deps).catch(toLeftOver);
  if (user === undefined) return { cause: iamUserNotVisible(name) };
  if ('cause' in user) return user;
  // The answer of CreateUser is unknown, and the name may belong to another owner.
  if (!isOwnIamUser(user.tags, target.username, target.ownership)) return undefined;
  return undoWhenVisible(name, deps);
}

/**
 * Deletes a new user that some of IAM's servers may not know yet. DeleteUser fails while there are keys that IAM
 * doesn't list yet, and the role is denied access until the user's path and tags are known.
 */
async function undoWhenVisible(name: string, { iamUsers, sleep }: ReconcileDeps): Promise<LeftOver | undefined> {
  for (const delayMs of visibilityDelaysMs) {
    const leftOver = await undoProvision(name, iamUsers, true);
    const { cause } = leftOver ?? {};
    const isLate = cause instanceof SesameError && (/NotVisible|DeleteConflict/.test(cause.code) || isDenied(cause));
    if (!isLate) return leftOver;
    await sleep(delayMs);
  }
  return undoProvision(name, iamUsers, true);
}

/** Deletes the key that this attempt created, even if the answer with its id was lost. */
async function removeOwnKey(attempt: Attempt): Promise<LeftOver | undefined> {
  const { progress, target, deps } = attempt;
  if (progress.accessKeyId !== undefined) return removeCreatedKey(attempt);
  if (progress.mayHaveKey !== true) return undefined;
  try {
    const keys = unknownKeys(attempt, await deps.iamUsers.listAccessKeys(target.iamUserName));
    // The key may exist and not be listed yet. The record then keeps the name, so that the next attempt lists the keys
    // again.
    if (keys.length === 0) return { cause: keyUnknown(target.iamUserName) };
    const leftOver = await deleteSeenKeys(attempt, keys);
    if (leftOver === undefined) progress.mayHaveKey = false;
    return leftOver;
  } catch (cause) {
    return { cause };
  }
}

/**
 * Removes unfinished work of a record that can't be fulfilled. The record keeps everything that it names.
 *
 * @param isHalfMade there may be a user that the record doesn't name yet, whatever IAM shows
 */
export async function removeLeftovers(attempt: Attempt, isHalfMade: boolean): Promise<LeftOver | undefined> {
  const { record, target, deps } = attempt;
  const mayBeHidden = isYoung(attempt.iamUserCreatedAtMs, deps.now(), deps.settings.iamPropagationSeconds);
  const observed = await observeUser(attempt, 'user').catch(toLeftOver);
  if ('cause' in observed) return observed;
  if (observed.state !== 'present') {
    const mayExist = isHalfMade || record.iamUserArn !== undefined;
    return mayExist && mayBeHidden ? { cause: iamUserNotVisible(target.iamUserName) } : undefined;
  }
  if (!observed.own) return undefined;
  if (deps.now() >= attempt.lease.beginUntilMs) return { cause: claimOver() };
  // Only a claim names this user, so it is unfinished. Its tags prove that it belongs to this record.
  if (record.iamUserArn === undefined) return undoProvision(target.iamUserName, deps.iamUsers, mayBeHidden);
  const unknown = unknownKeys(attempt, observed.keys);
  if (unknown.length === 0 && mayBeHidden && mayHideKey(record))
    return { cause: iamUserNotVisible(target.iamUserName) };
  return deleteSeenKeys(attempt, unknown);
}

/** The keys of a user that the record doesn't name. */
function unknownKeys({ record }: Attempt, keys: readonly AccessKey[]): AccessKey[] {
  const known = [record.accessKeyId, record.previousKey?.accessKeyId];
  return keys.filter(({ accessKeyId }) => !known.includes(accessKeyId));
}

/** Deletes keys that IAM showed a moment ago. If IAM doesn't know one of them now, it may still exist. */
async function deleteSeenKeys({ target, deps }: Attempt, keys: readonly AccessKey[]): Promise<LeftOver | undefined> {
  const name = target.iamUserName;
  const leftOvers = await Promise.all(
    keys.map(async ({ accessKeyId }): Promise<LeftOver | undefined> => {
      const deletion = await deps.iamUsers.deleteAccessKey(name, accessKeyId);
      return deletion === 'absent' ? { cause: accessKeyNotVisible(name, accessKeyId) } : undefined;
    }),
  );
  return leftOvers.find((leftOver) => leftOver !== undefined);
}

/**
 * Undoes what was created after the record was deleted, changed or claimed by another function: the new key must not
 * survive.
 *
 * @returns what is left in IAM, if this attempt still holds the record: the next attempt must know about it
 * @throws SesameError if an IAM user or a key remains that no record names
 */
export async function undoLost(
  attempt: Attempt,
  provisions: 'user' | 'key',
  item: Item | undefined,
): Promise<LeftOver | undefined> {
  const { lease, target, progress, deps } = attempt;
  const name = target.iamUserName;
  const claim = readClaim(item?.['claim']);
  // The write took effect and was followed by others, so the record already names the key.
  if (progress.accessKeyId !== undefined && item?.['access_key_id'] === progress.accessKeyId) return undefined;
  if (item !== undefined && claim?.by === lease.by) return undo(attempt, provisions);
  if (progress.mayHaveUser === true && (item === undefined || !refersTo(item, name))) {
    // This also applies when the claim has expired: no record names the user that this attempt created, so no other
    // function works on it.
    const leftOver = await undoWhenVisible(name, deps);
    if (leftOver !== undefined) throw leftOverError(name, leftOver);
    return undefined;
  }
  // Another function now works on the same IAM user.
  const leftOver = await removeCreatedKey(attempt);
  if (leftOver !== undefined) throw keyLeftOverError(name, progress.accessKeyId ?? '', leftOver);
  return undefined;
}

function keyUnknown(iamUserName: string): SesameError {
  const message = `The answer of CreateAccessKey was lost, and IAM shows no new key of ${iamUserName} yet. The next attempt lists the keys again.`;
  return new SesameError('AccessKeyNotVisible', 'retryable', message);
}

function toLeftOver(cause: unknown): LeftOver {
  return { cause };
}

/** Deletes the key that this attempt created and that no record names. */
async function removeCreatedKey({ progress, target, deps }: Attempt): Promise<LeftOver | undefined> {
  if (progress.accessKeyId === undefined) return undefined;
  const leftOver = await deleteNewKey(target.iamUserName, progress.accessKeyId, deps.iamUsers, deps.sleep);
  if (leftOver === undefined) progress.mayHaveKey = false;
  return leftOver;
}

function refersTo(item: Item, iamUserName: string): boolean {
  const arn = item['iam_user_arn'];
  return (
    readClaim(item['claim'])?.iamUserName === iamUserName ||
    (typeof arn === 'string' && iamUserNameOfArn(arn) === iamUserName)
  );
}
