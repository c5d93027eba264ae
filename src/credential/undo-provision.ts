import { IamUserMissingError, type IamUsers } from './iam-users.ts';

/** Undoes a provision in reverse: keys, policies, user. Returns whether all of it is surely gone. */
export function undoProvision(iamUserName: string, iamUsers: IamUsers): Promise<boolean> {
  return isGone(async () => {
    await deleteKeysExcept(undefined, iamUserName, iamUsers);
    await iamUsers.deleteUser(iamUserName);
  });
}

/** Undoes a rotation's second key. Returns whether only the key to keep is left. */
export function undoSecondKey(
  iamUserName: string,
  keptAccessKeyId: string | undefined,
  iamUsers: IamUsers,
): Promise<boolean> {
  return isGone(() => deleteKeysExcept(keptAccessKeyId, iamUserName, iamUsers));
}

// Listed and not remembered: a key whose creation's answer was lost exists all the same.
async function deleteKeysExcept(kept: string | undefined, iamUserName: string, iamUsers: IamUsers): Promise<void> {
  const keys = await iamUsers.listAccessKeys(iamUserName);
  const others = keys.filter((key) => key.accessKeyId !== kept);
  await Promise.all(others.map((key) => iamUsers.deleteAccessKey(iamUserName, key.accessKeyId)));
}

async function isGone(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    return error instanceof IamUserMissingError;
  }
}
