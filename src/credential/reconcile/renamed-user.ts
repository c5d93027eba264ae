import { SesameError } from '../errors.ts';
import { isOwnIamUser } from '../iam/iam-user-name.ts';
import type { Ownership } from '../iam/ownership.ts';
import { iamUserNotVisible } from '../iam/propagation.ts';
import type { ReconcileDeps } from './contract.ts';
import { isDenied } from './is-denied.ts';

/** The pauses between reads of a user that got its name back. */
const visibilityDelaysMs = [200, 400, 800, 1600, 0];

/** An IAM user whose name differs from the record's. */
export interface RenamedUser {
  readonly presentName: string;
  readonly arn: string;
  readonly tags: Parameters<typeof isOwnIamUser>[0];
}

/**
 * Searches by its keys for an IAM user that can't be found by its name. If somebody renamed it, IAM keeps its keys,
 * tags and policies, so its password still works.
 *
 * @returns `hidden` if a key belongs to a user of this name, which IAM doesn't show everywhere yet. Undefined if no key
 *   belongs to a user
 * @throws SesameError `IamUserRenamed` if the key's user can't be proved to belong to this username
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
    // The user was renamed or deleted between the two reads, or isn't visible yet.
    if (user === undefined) throw iamUserNotVisible(presentName);
    if (isOwnIamUser(user.tags, owner.username, owner.ownership)) return { presentName, ...user };
    throw iamUserRenamed(iamUserName, presentName, accessKeyId);
  }
  return undefined;
}

/**
 * Gives a renamed user its name back, and waits until IAM shows it. The name is needed because SES events and the ARNs
 * of the user's policies contain it.
 *
 * @throws SesameError `IamUserNotVisible` if IAM doesn't show it for some seconds
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
