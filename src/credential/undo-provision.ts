import { IamUserMissingError, type IamUsers } from './iam-users.ts';
import type { LeftOver } from './left-over.ts';

/** Undoes a provision in reverse: keys, policies, user. */
export function undoProvision(iamUserName: string, iamUsers: IamUsers): Promise<LeftOver | undefined> {
  return findLeftOver(async () => {
    await deleteKeysExcept(undefined, iamUserName, iamUsers);
    await iamUsers.deleteUser(iamUserName);
  });
}

/** Undoes a rotation's second key: only the key to keep stays. */
export function undoSecondKey(
  iamUserName: string,
  keptAccessKeyId: string | undefined,
  iamUsers: IamUsers,
): Promise<LeftOver | undefined> {
  return findLeftOver(() => deleteKeysExcept(keptAccessKeyId, iamUserName, iamUsers));
}

// Listed and not remembered: a key whose creation's answer was lost exists all the same.
async function deleteKeysExcept(kept: string | undefined, iamUserName: string, iamUsers: IamUsers): Promise<void> {
  const keys = await iamUsers.listAccessKeys(iamUserName);
  const others = keys.filter((key) => key.accessKeyId !== kept);
  await Promise.all(others.map((key) => iamUsers.deleteAccessKey(iamUserName, key.accessKeyId)));
}

async function findLeftOver(work: () => Promise<void>): Promise<LeftOver | undefined> {
  try {
    await work();
    return undefined;
  } catch (cause) {
    return cause instanceof IamUserMissingError ? undefined : { cause };
  }
}
