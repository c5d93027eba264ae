import { IamUserMissingError, type IamUsers } from '../iam/iam-users.ts';
import { accessKeyNotVisible, iamUserNotVisible } from '../iam/propagation.ts';
import type { LeftOver } from './left-over.ts';

const keyDelaysMs = [100, 200, 400, 800, 1600];

/**
 * Deletes an IAM user in the reverse order of its creation: keys, policies, user. IAM refuses DeleteUser while the user
 * has keys, even if IAM doesn't list them yet.
 *
 * @param isYoung the user may be too new for IAM to show it, so a missing user may exist
 */
export async function undoProvision(
  iamUserName: string,
  iamUsers: IamUsers,
  isYoung: boolean,
): Promise<LeftOver | undefined> {
  try {
    const keys = await iamUsers.listAccessKeys(iamUserName);
    await Promise.all(keys.map((key) => iamUsers.deleteAccessKey(iamUserName, key.accessKeyId)));
    const deletion = await iamUsers.deleteUser(iamUserName);
    return deletion === 'absent' && isYoung ? { cause: iamUserNotVisible(iamUserName) } : undefined;
  } catch (cause) {
    if (!(cause instanceof IamUserMissingError)) return { cause };
    return isYoung ? { cause: iamUserNotVisible(iamUserName) } : undefined;
  }
}

/**
 * Deletes a key that was just created, and waits until IAM knows it. The key must not survive, because its secret is
 * lost.
 */
export async function deleteNewKey(
  iamUserName: string,
  accessKeyId: string,
  iamUsers: IamUsers,
  sleep: (ms: number) => Promise<void>,
): Promise<LeftOver | undefined> {
  try {
    for (const delayMs of keyDelaysMs) {
      if ((await iamUsers.deleteAccessKey(iamUserName, accessKeyId)) === 'deleted') return undefined;
      await sleep(delayMs);
    }
    return { cause: accessKeyNotVisible(iamUserName, accessKeyId) };
  } catch (cause) {
    return { cause };
  }
}
