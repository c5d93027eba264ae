import { SesameError } from '../errors.ts';
import { holdsTags, isOwnIamUser, ownerOfTags } from '../iam/iam-user-name.ts';
import { IamUserMissingError } from '../iam/iam-users.ts';
import { isFormerArn, isManagedArn, markOfArn } from '../iam/ownership.ts';
import { isYoung } from '../iam/propagation.ts';
import type { Attempt } from './attempt.ts';
import type { ObservedUser } from './plan-types.ts';

/**
 * Looks at the run's IAM user: at most four reads, two of them side by side.
 *
 * @param what `last-use`: also when the key was last used that the rotation asks about. Before an old key is retired that is the old one,
 *   and before a rotation is undone the new one
 */
export async function observeUser(attempt: Attempt, what: 'user' | 'last-use'): Promise<ObservedUser> {
  const { iamUsers } = attempt.deps;
  const name = attempt.target.iamUserName;
  const { iamUserArn } = attempt.record;
  if (iamUserArn !== undefined && !isManagedArn(iamUserArn, attempt.target.ownership)) return foreignByPath(iamUserArn);
  const mayBeHidden = isYoung(attempt.iamUserMadeAtMs, attempt.deps.now(), attempt.deps.settings.iamPropagationSeconds);
  const user = await iamUsers.findUser(name).catch((error: unknown) => {
    // Where IAM doesn't show a young user yet it knows neither its path nor its tags, by which our role may read it.
    if (iamUserArn === undefined && attempt.lease.mayExistSinceMs !== undefined && mayBeHidden && isDenied(error))
      return undefined;
    throw error;
  });
  if (user === undefined) return { state: 'absent' };
  const { ownership, tags, username } = attempt.target;
  if (!isOwnIamUser(user.tags, username, ownership)) {
    const mark = ownerOfTags(user.tags)?.mark;
    const foreign = { state: 'present', arn: user.arn, own: false, keys: [], quarantined: false } as const;
    return mark === undefined ? foreign : { ...foreign, mark };
  }
  // A user that IAM shows in one place may be missing in another.
  const [keys, quarantined] = await Promise.all([
    iamUsers.listAccessKeys(name).catch(orIfMissing([], mayBeHidden)),
    iamUsers.isQuarantined(name).catch(orIfMissing(false, mayBeHidden)),
  ]);
  const isOutOfPlace = isFormerArn(user.arn, ownership) || !holdsTags(user.tags, tags);
  const present = { state: 'present', arn: user.arn, own: true, keys, quarantined, isOutOfPlace } as const;
  const { previousKey, accessKeyId, isVerified } = attempt.record;
  if (what !== 'last-use' || previousKey === undefined) return present;
  // IAM can't tell of a key that somebody has deleted by hand.
  const lastUsedMs = async (id: string | undefined) =>
    id !== undefined && keys.some((key) => key.accessKeyId === id) ? iamUsers.lastUsedMs(id) : 'never';
  return isVerified
    ? { ...present, previousKeyUsedMs: await lastUsedMs(previousKey.accessKeyId) }
    : { ...present, currentKeyUsedMs: await lastUsedMs(accessKeyId) };
}

/** Whether AWS refused a call for want of a permission. */
export function isDenied(error: unknown): boolean {
  return error instanceof SesameError && error.code.startsWith('AccessDenied');
}

/** Another deployment's user, as the record itself tells: our role may not read it. */
function foreignByPath(arn: string): ObservedUser {
  const foreign = { state: 'present', arn, own: false, keys: [], quarantined: false } as const;
  const mark = markOfArn(arn);
  return mark === undefined ? foreign : { ...foreign, mark };
}

function orIfMissing<T>(value: T, mayBeHidden: boolean): (error: unknown) => T {
  return (error) => {
    if (error instanceof IamUserMissingError || (mayBeHidden && isDenied(error))) return value;
    throw error;
  };
}
