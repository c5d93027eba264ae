import type { Held } from './claim.ts';
import type { Made } from './execute.ts';
import { IamUserMissingError, type IamUsers } from './iam-users.ts';
import { type Item, readClaim } from './record.ts';

/** Undoes a provision in reverse: keys, policies, user. Returns whether all of it is surely gone. */
export async function undoProvision(iamUserName: string, iamUsers: IamUsers): Promise<boolean> {
  try {
    // Listed and not remembered: a key whose creation's answer was lost exists all the same.
    const keys = await iamUsers.listAccessKeys(iamUserName);
    await Promise.all(keys.map((key) => iamUsers.deleteAccessKey(iamUserName, key.accessKeyId)));
    await iamUsers.deleteUser(iamUserName);
    return true;
  } catch (error) {
    return error instanceof IamUserMissingError;
  }
}

/** The record was deleted, changed or taken while a key was made: that key must not survive. */
export async function undoLostProvision(
  item: Item | undefined,
  held: Held,
  iamUserName: string,
  made: Made,
  iamUsers: IamUsers,
): Promise<void> {
  const stillOurs = item === undefined || readClaim(item['claim'])?.by === held.by;
  if (stillOurs) {
    await undoProvision(iamUserName, iamUsers);
  } else if (made.accessKey !== undefined) {
    // Somebody else works on the same IAM user by now: only the key that nobody else knows goes.
    await iamUsers.deleteAccessKey(iamUserName, made.accessKey.accessKeyId);
  }
}
