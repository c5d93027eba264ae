import { IamUserMissingError, type IamUsers } from '../iam/iam-users.ts';
import { accessKeyNotVisible, iamUserNotVisible } from '../iam/propagation.ts';
import type { LeftOver } from './left-over.ts';

const keyDelaysMs = [100, 200, 400, 800, 1600];

/**
 * Deletes an IAM user with all that it has, in reverse of its making: keys, policies, user. DeleteUser is refused while there are keys that IAM
 * doesn't list yet.
 *
 * @param isYoung IAM may not show the user yet, so that a missing user may exist
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

/** Deletes a key that was just created, and waits until IAM knows it. Its secret must stay unknown to all others. */
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
