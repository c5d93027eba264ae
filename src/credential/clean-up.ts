import { ownName } from './claim.ts';
import { SesameError } from './errors.ts';
import { isOwnIamUser } from './iam-user-name.ts';
import { type LeftOver, leftOverError } from './left-over.ts';
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
  const leftOver = await undoProvision(stray, deps.iamUsers);
  if (leftOver !== undefined) throw leftOverError(stray, leftOver);
  return { deletedIamUserName: stray };
}

/**
 * Undoes what a run made. A second key goes alone; the user and the first key stay. After the claim's end somebody else may be
 * at work on the same user: then only the key goes whose secret nobody else knows.
 */
export async function undo(run: Run, provisions: 'user' | 'key'): Promise<LeftOver | undefined> {
  const { iamUsers } = run.deps;
  if (run.deps.now() >= run.held.untilMs) return removeMadeKey(run).then(() => ({ cause: claimOver() }), toLeftOver);
  const name = run.target.iamUserName;
  if (provisions === 'key') return undoSecondKey(name, run.record.accessKeyId, iamUsers);
  // A user that this run has made and that IAM doesn't show yet isn't gone.
  if (run.made.iamUserArn !== undefined) {
    const user = await iamUsers.findUser(name).catch(toLeftOver);
    if (user === undefined) return { cause: notVisible(name) };
    if ('cause' in user) return user;
  }
  return undoProvision(name, iamUsers);
}

/** A record that can't be fulfilled keeps what it has; what it doesn't know of goes. */
export async function removeLeftovers(run: Run): Promise<LeftOver | undefined> {
  const { record, target } = run;
  const observed = await observeUser(run, 'user').catch(toLeftOver);
  if ('cause' in observed) return observed;
  if (observed.state !== 'present' || !observed.own) return undefined;
  if (record.iamUserArn === undefined) return undo(run, 'user');
  const known = [record.accessKeyId, record.previousKey?.accessKeyId];
  const unknown = observed.keys.filter(({ accessKeyId }) => !known.includes(accessKeyId));
  await Promise.all(unknown.map((key) => run.deps.iamUsers.deleteAccessKey(target.iamUserName, key.accessKeyId)));
  return undefined;
}

/**
 * The record was deleted, changed or taken while a key was made: that key must not survive.
 *
 * @throws SesameError when an IAM user stays that no record knows
 */
export async function undoLost(run: Run, provisions: 'user' | 'key', item: Item | undefined): Promise<void> {
  const { held, target, made } = run;
  const name = target.iamUserName;
  const claim = readClaim(item?.['claim']);
  // The write took effect after all, and somebody has written since: the key is the record's.
  if (made.accessKeyId !== undefined && item?.['access_key_id'] === made.accessKeyId) return;
  if (item !== undefined && claim?.by === held.by) {
    // What stays is on the record: the next look sees it and plans anew.
    await undo(run, provisions);
  } else if (provisions === 'user' && (item === undefined || !refersTo(item, name))) {
    // However old the claim: no record knows of this user, so nobody works on it.
    const leftOver = await undoProvision(name, run.deps.iamUsers);
    if (leftOver !== undefined) throw leftOverError(name, leftOver);
  } else {
    // Somebody else works on the same IAM user by now.
    await removeMadeKey(run);
  }
}

function claimOver(): SesameError {
  const message =
    'The claim on the record is over. The next try, or whoever works on the record by now, removes the rest.';
  return new SesameError('ClaimOver', 'conflict', message);
}

function notVisible(name: string): SesameError {
  return new SesameError(
    'IamUserNotVisible',
    'retryable',
    `IAM does not show the new user ${name} yet. The next try removes it.`,
  );
}

function toLeftOver(cause: unknown): LeftOver {
  return { cause };
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
