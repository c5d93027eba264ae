import { SesameError } from '../errors.ts';
import { isOwnIamUser } from '../iam/iam-user-name.ts';
import type { Ownership } from '../iam/ownership.ts';
import { iamUserNotVisible } from '../iam/propagation.ts';
import type { ReconcileDeps } from './contract.ts';
import { isDenied } from './is-denied.ts';

/** The pauses between reads of a user under the name that it got back. */
const visibilityDelaysMs = [200, 400, 800, 1600, 0];

/** An IAM user that has another name than the record says. */
export interface RenamedUser {
  readonly presentName: string;
  readonly arn: string;
  readonly tags: Parameters<typeof isOwnIamUser>[0];
}

/**
 * Looks for an IAM user that isn't there under its name by its keys. If somebody renamed it, IAM keeps keys, tags and policies, so its
 * password still works.
 *
 * @returns `hidden` when a key says that the user has this name: IAM doesn't show it in every place. Undefined when no key tells of a user
 * @throws SesameError `IamUserRenamed` when the key's user can't be proved to be this username's
 */
export async function findRenamedUser(
  iamUserName: string,
  accessKeyIds: readonly string[],
  owner: { readonly username: string; readonly ownership: Ownership },
  { iamUsers }: Pick<ReconcileDeps, 'iamUsers'>,
): Promise<RenamedUser | 'hidden' | undefined> {
  for (const accessKeyId of accessKeyIds) {
    const presentName = await iamUsers.findUserOfKey(accessKeyId);
    if (presentName === undefined) continue;
    if (presentName.toLowerCase() === iamUserName.toLowerCase()) return 'hidden';
    const user = await iamUsers.findUser(presentName).catch((error: unknown) => {
      if (isDenied(error)) throw iamUserRenamed(iamUserName, presentName, accessKeyId);
      throw error;
    });
    // The key was read at another moment than the user.
    if (user === undefined) throw iamUserNotVisible(presentName);
    if (isOwnIamUser(user.tags, owner.username, owner.ownership)) return { presentName, ...user };
    throw iamUserRenamed(iamUserName, presentName, accessKeyId);
  }
  return undefined;
}

/**
 * Gives a renamed user its name back, and waits for IAM to show it. Events of SES name the user, and so do the ARNs of its policies.
 *
 * @throws SesameError `IamUserNotVisible` when IAM doesn't show it for some seconds
 */
export async function restoreName(
  iamUserName: string,
  { presentName }: RenamedUser,
  { iamUsers, sleep }: Pick<ReconcileDeps, 'iamUsers' | 'sleep'>,
): Promise<void> {
  await iamUsers.renameUser(presentName, iamUserName);
  for (const delayMs of visibilityDelaysMs) {
    if ((await iamUsers.findUser(iamUserName)) !== undefined) return;
    await sleep(delayMs);
  }
  throw iamUserNotVisible(iamUserName);
}

function iamUserRenamed(iamUserName: string, presentName: string, accessKeyId: string): SesameError {
  return new SesameError(
    'IamUserRenamed',
    'retryable',
    `The access key ${accessKeyId} of the IAM user ${iamUserName} belongs to the IAM user ${presentName}. That one doesn't ` +
      "have this credential's tags, or isn't below this deployment's path, so it is left alone, and its password may work. Set its " +
      'name, path and tags back, or make the key Inactive and delete it: see the runbook renamed-user. Sesame tries it again automatically.',
  );
}
