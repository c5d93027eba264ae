import { isOwnIamUser } from './iam-user-name.ts';
import { IamUserMissingError } from './iam-users.ts';
import type { ObservedUser } from './plan.ts';
import type { Run } from './run.ts';

/**
 * Looks at the run's IAM user: at most four reads, two of them side by side.
 *
 * @param what `last-use`: also when the key was last used that the rotation asks about. Before an old key is retired that is the old one,
 *   and before a rotation is undone the new one
 */
export async function observeUser(run: Run, what: 'user' | 'last-use'): Promise<ObservedUser> {
  const { iamUsers } = run.deps;
  const name = run.target.iamUserName;
  const user = await iamUsers.findUser(name);
  if (user === undefined) return { state: 'absent' };
  if (!isOwnIamUser(user.tags, run.target)) {
    return { state: 'present', arn: user.arn, own: false, keys: [], quarantined: false };
  }
  // A user that IAM shows in one place may be missing in another.
  const [keys, quarantined] = await Promise.all([
    iamUsers.listAccessKeys(name).catch(orIfMissing([])),
    iamUsers.isQuarantined(name).catch(orIfMissing(false)),
  ]);
  const present = { state: 'present', arn: user.arn, own: true, keys, quarantined } as const;
  const { previousKey, accessKeyId, isVerified } = run.record;
  if (what !== 'last-use' || previousKey === undefined) return present;
  // IAM can't tell of a key that somebody has deleted by hand.
  const lastUsedMs = async (id: string | undefined) =>
    id !== undefined && keys.some((key) => key.accessKeyId === id) ? iamUsers.lastUsedMs(id) : 'never';
  return isVerified
    ? { ...present, previousKeyUsedMs: await lastUsedMs(previousKey.accessKeyId) }
    : { ...present, currentKeyUsedMs: await lastUsedMs(accessKeyId) };
}

function orIfMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof IamUserMissingError) return value;
    throw error;
  };
}
