import { holdsTags, isOwnIamUser, ownerOfTags } from '../iam/iam-user-name.ts';
import { IamUserMissingError } from '../iam/iam-users.ts';
import { isFormerArn, isManagedArn, markOfArn } from '../iam/ownership.ts';
import { iamUserNotVisible, isYoung } from '../iam/propagation.ts';
import { accessKeyIdsOf } from '../record/record.ts';
import type { Attempt } from './attempt.ts';
import { claimOver } from './claim-over.ts';
import { isDenied } from './is-denied.ts';
import { foreignUserAt, type ObservedUser } from './plan-types.ts';
import { findRenamedUser, type RenamedUser, restoreName } from './renamed-user.ts';

/**
 * Looks at the run's IAM user: at most four reads, two of them side by side. A user that somebody renamed gets its name back first.
 *
 * @param what `last-use`: also when the key was last used that the rotation asks about. Before an old key is retired that is the old one,
 *   and before a rotation is undone the new one
 */
export async function observeUser(attempt: Attempt, what: 'user' | 'last-use'): Promise<ObservedUser> {
  const { iamUsers } = attempt.deps;
  const name = attempt.target.iamUserName;
  const { iamUserArn } = attempt.record;
  // Another deployment's user, as its path shows: our role may not read it.
  if (iamUserArn !== undefined && !isManagedArn(iamUserArn, attempt.target.ownership))
    return foreignUserAt(iamUserArn, markOfArn(iamUserArn));
  const mayBeHidden = isYoung(attempt.iamUserMadeAtMs, attempt.deps.now(), attempt.deps.settings.iamPropagationSeconds);
  const found = await iamUsers.findUser(name).catch((error: unknown) => {
    // Where IAM doesn't show a young user yet it knows neither its path nor its tags, by which our role may read it.
    if (iamUserArn === undefined && attempt.lease.mayExistSinceMs !== undefined && mayBeHidden && isDenied(error))
      return undefined;
    throw error;
  });
  const renamed = found === undefined ? await findRenamed(attempt, mayBeHidden) : undefined;
  const user = found ?? renamed;
  if (user === undefined) return { state: 'absent' };
  const seenName = renamed?.presentName ?? name;
  const { ownership, tags, username } = attempt.target;
  if (!isOwnIamUser(user.tags, username, ownership)) {
    return foreignUserAt(user.arn, ownerOfTags(user.tags)?.mark);
  }
  // A user that IAM shows in one place may be missing in another.
  const [keys, quarantined] = await Promise.all([
    iamUsers.listAccessKeys(seenName).catch(orIfMissing([], mayBeHidden)),
    iamUsers.isQuarantined(seenName).catch(orIfMissing(false, mayBeHidden)),
  ]);
  if (renamed !== undefined) await renameBack(attempt, renamed);
  const isOutOfPlace = isFormerArn(user.arn, ownership) || !holdsTags(user.tags, tags);
  const arn = renamed === undefined ? user.arn : user.arn.replace(/[^/]*$/, name);
  const present = { state: 'present', arn, own: true, keys, quarantined, isOutOfPlace } as const;
  const { previousKey, accessKeyId, isVerified } = attempt.record;
  if (what !== 'last-use' || previousKey === undefined) return present;
  // IAM doesn't know the last use of a deleted key.
  const lastUsedMs = async (id: string | undefined) =>
    id !== undefined && keys.some((key) => key.accessKeyId === id) ? iamUsers.lastUsedMs(id) : 'never';
  return isVerified
    ? { ...present, previousKeyUsedMs: await lastUsedMs(previousKey.accessKeyId) }
    : { ...present, currentKeyUsedMs: await lastUsedMs(accessKeyId) };
}

/**
 * Finds a renamed user by its keys. A record without an ARN names no key to search by.
 *
 * @throws SesameError `IamUserNotVisible` when a key tells of the user, and IAM doesn't show it. Only for a while: nothing may be waited for
 *   for ever
 */
async function findRenamed(attempt: Attempt, mayBeHidden: boolean): Promise<RenamedUser | undefined> {
  const { record, target, deps } = attempt;
  if (record.iamUserArn === undefined) return undefined;
  const renamed = await findRenamedUser(target.iamUserName, accessKeyIdsOf(record), target, deps);
  if (renamed !== 'hidden') return renamed;
  const waitsSinceMs = record.failureCode === undefined ? deps.now() : (record.failureSinceMs ?? 0);
  // Of a young user the plan knows what to think.
  if (mayBeHidden || !isYoung(waitsSinceMs, deps.now(), deps.settings.iamPropagationSeconds)) return undefined;
  throw iamUserNotVisible(target.iamUserName);
}

async function renameBack({ target, lease, progress, deps }: Attempt, renamed: RenamedUser): Promise<void> {
  if (deps.now() >= lease.beginUntilMs) throw claimOver();
  progress.renamedAtMs = deps.now();
  await restoreName(target.iamUserName, renamed, deps);
}

function orIfMissing<T>(value: T, mayBeHidden: boolean): (error: unknown) => T {
  return (error) => {
    if (error instanceof IamUserMissingError || (mayBeHidden && isDenied(error))) return value;
    throw error;
  };
}
