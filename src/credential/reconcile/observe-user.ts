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
 * Reads the attempt's IAM user with at most four calls, two of them concurrently. A renamed user gets its name back
 * first.
 *
 * @param what `last-use` also reads when the key was last used that decides the rotation's next step: the old key
 *   before it is retired, the new key before a rotation is undone
 */
export async function observeUser(attempt: Attempt, what: 'user' | 'last-use'): Promise<ObservedUser> {
  const { iamUsers } = attempt.deps;
  const name = attempt.target.iamUserName;
  const { iamUserArn } = attempt.record;
  // The path shows that the user belongs to another deployment, and our role may not read it.
  if (iamUserArn !== undefined && !isManagedArn(iamUserArn, attempt.target.ownership))
    return foreignUserAt(iamUserArn, markOfArn(iamUserArn));
  const mayBeHidden = isYoung(
    attempt.iamUserCreatedAtMs,
    attempt.deps.now(),
    attempt.deps.settings.iamPropagationSeconds,
  );
  const found = await iamUsers.findUser(name).catch((error: unknown) => {
    // Our role may read users by their path and tags. Until IAM knows those of a new user everywhere, it may deny the
    // read.
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
  // Some of IAM's servers may not know the user yet, although another has just returned it.
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
  // IAM returns no last use of a deleted key.
  const lastUsedMs = async (id: string | undefined) =>
    id !== undefined && keys.some((key) => key.accessKeyId === id) ? iamUsers.lastUsedMs(id) : 'never';
  return isVerified
    ? { ...present, previousKeyUsedMs: await lastUsedMs(previousKey.accessKeyId) }
    : { ...present, currentKeyUsedMs: await lastUsedMs(accessKeyId) };
}

/**
 * Finds a renamed user by its keys. A record without an ARN has no keys to search by.
 *
 * @throws SesameError `IamUserNotVisible` if a key belongs to the user, but IAM does not show it. Only for a limited
 *   time, so that nothing waits forever
 */
async function findRenamed(attempt: Attempt, mayBeHidden: boolean): Promise<RenamedUser | undefined> {
  const { record, target, deps } = attempt;
  if (record.iamUserArn === undefined) return undefined;
  const renamed = await findRenamedUser(target.iamUserName, accessKeyIdsOf(record), target, deps);
  if (renamed !== 'hidden') return renamed;
  const waitsSinceMs = record.failureCode === undefined ? deps.now() : (record.failureSinceMs ?? 0);
  // For a new user the plan decides.
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
