import { isOwnIamUser } from './iam-user-name.ts';
import type { ObservedUser } from './plan.ts';
import type { Run } from './run.ts';

/** Looks at the run's IAM user: at most four reads, three of them side by side. */
export async function observeUser(run: Run, what: 'user' | 'last-use'): Promise<ObservedUser> {
  const { iamUsers } = run.deps;
  const name = run.target.iamUserName;
  const user = await iamUsers.findUser(name);
  if (user === undefined) return { state: 'absent' };
  if (!isOwnIamUser(user.tags, run.target)) {
    return { state: 'present', arn: user.arn, own: false, keys: [], quarantined: false };
  }
  const previous = run.record.previousKey;
  const [keys, quarantined, previousKeyUsedMs] = await Promise.all([
    iamUsers.listAccessKeys(name),
    iamUsers.isQuarantined(name),
    what === 'last-use' && previous !== undefined ? iamUsers.lastUsedMs(previous.accessKeyId) : undefined,
  ]);
  const present = { state: 'present', arn: user.arn, own: true, keys, quarantined } as const;
  return previousKeyUsedMs === undefined ? present : { ...present, previousKeyUsedMs };
}
