import { ownName } from './claim.ts';
import { SesameError } from './errors.ts';
import { isOwnIamUser } from './iam-user-name.ts';
import { observeUser } from './observe-user.ts';
import type { ReconcileDeps, Trigger } from './reconcile.ts';
import { type Item, iamUserNameOfArn, readClaim } from './record.ts';
import type { Run } from './run.ts';
import { undoProvision, undoSecondKey } from './undo-provision.ts';

/**
 * Deletes an IAM user that the record no longer refers to, when its tags prove that it is this username's. Names it also when
 * it is gone already: whoever deleted it may not have told.
 */
export async function removeStray(
  trigger: Trigger,
  currentName: string | undefined,
  deps: ReconcileDeps,
): Promise<{ readonly deletedIamUserName?: string; readonly isRepeat?: true }> {
  const { username } = trigger;
  const stray = ownName(username, trigger.strayIamUserName);
  if (stray === undefined || stray === currentName) return {};
  const user = await deps.iamUsers.findUser(stray);
  if (user === undefined) return { deletedIamUserName: stray, isRepeat: true };
  if (!isOwnIamUser(user.tags, { username, table: deps.settings.table })) return {};
  if (!(await undoProvision(stray, deps.iamUsers))) {
    throw new SesameError('IamUserLeftOver', 'retryable', `The IAM user ${stray} could not be deleted completely.`);
  }
  return { deletedIamUserName: stray };
}

/**
 * Undoes what a run made. A second key goes alone; the user and the first key stay. After the claim's end somebody else may be
 * at work on the same user: then only the key goes whose secret nobody else knows.
 */
export async function undo(run: Run, provisions: 'user' | 'key'): Promise<boolean> {
  const { iamUsers } = run.deps;
  if (run.deps.now() >= run.held.untilMs) {
    await removeMadeKey(run).catch(() => undefined);
    return false;
  }
  const name = run.target.iamUserName;
  if (provisions === 'key') return undoSecondKey(name, run.record.accessKeyId, iamUsers);
  // A user that this run has made and that IAM doesn't show yet isn't gone.
  if (run.made.iamUserArn !== undefined) {
    const user = await iamUsers.findUser(name).catch(() => undefined);
    if (user === undefined) return false;
  }
  return undoProvision(name, iamUsers);
}

/** A record that can't be fulfilled keeps what it has; what it doesn't know of goes. Returns whether it's surely gone. */
export async function removeLeftovers(run: Run): Promise<boolean> {
  const { record, target } = run;
  const observed = await observeUser(run, 'user').catch(() => undefined);
  if (observed?.state !== 'present') return observed !== undefined;
  if (!observed.own) return true;
  if (record.iamUserArn === undefined) return undo(run, 'user');
  const known = [record.accessKeyId, record.previousKey?.accessKeyId];
  const unknown = observed.keys.filter(({ accessKeyId }) => !known.includes(accessKeyId));
  await Promise.all(unknown.map((key) => run.deps.iamUsers.deleteAccessKey(target.iamUserName, key.accessKeyId)));
  return true;
}

/** The record was deleted, changed or taken while a key was made: that key must not survive. */
export async function undoLost(run: Run, provisions: 'user' | 'key', item: Item | undefined): Promise<void> {
  const { held, target, made } = run;
  const name = target.iamUserName;
  const claim = readClaim(item?.['claim']);
  // The write took effect after all, and somebody has written since: the key is the record's.
  if (made.accessKeyId !== undefined && item?.['access_key_id'] === made.accessKeyId) return;
  if (item !== undefined && claim?.by === held.by) {
    await undo(run, provisions);
  } else if (provisions === 'user' && (item === undefined || !refersTo(item, name))) {
    // However old the claim: no record knows of this user, so nobody works on it.
    await undoProvision(name, run.deps.iamUsers);
  } else {
    // Somebody else works on the same IAM user by now.
    await removeMadeKey(run);
  }
}

/** Deletes the key that this run made and nobody else knows. */
async function removeMadeKey({ made, target, deps }: Run): Promise<void> {
  if (made.accessKeyId !== undefined) await deps.iamUsers.deleteAccessKey(target.iamUserName, made.accessKeyId);
}

function refersTo(item: Item, iamUserName: string): boolean {
  const arn = item['iam_user_arn'];
  return (
    readClaim(item['claim'])?.iamUserName === iamUserName ||
    (typeof arn === 'string' && iamUserNameOfArn(arn) === iamUserName)
  );
}
