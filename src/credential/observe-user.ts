import { isOwnIamUser } from './iam-user-name.ts';
import type { ObservedUser } from './plan.ts';
import type { Run } from './run.ts';

/** Looks at the run's IAM user: at most four reads, two of them side by side. */
export async function observeUser(run: Run, what: 'user' | 'last-use'): Promise<ObservedUser> {
  const { iamUsers } = run.deps;
  const name = run.target.iamUserName;
  const user = await iamUsers.findUser(name);
  if (user === undefined) return { state: 'absent' };
  if (!isOwnIamUser(user.tags, run.target)) {
    return { state: 'present', arn: user.arn, own: false, keys: [], quarantined: false };
  }
  const previous = run.record.previousKey;
  const [keys, quarantined] = await Promise.all([iamUsers.listAccessKeys(name), iamUsers.isQuarantined(name)]);
  const present = { state: 'present', arn: user.arn, own: true, keys, quarantined } as const;
  if (what !== 'last-use' || previous === undefined) return present;
  // IAM can't tell of a key that somebody has deleted by hand.
  const isThere = keys.some(({ accessKeyId }) => accessKeyId === previous.accessKeyId);
  return { ...present, previousKeyUsedMs: isThere ? await iamUsers.lastUsedMs(previous.accessKeyId) : 'never' };
}
