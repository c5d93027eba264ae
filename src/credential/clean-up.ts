import { ownName } from './claim.ts';
import { SesameError } from './errors.ts';
import { isOwnIamUser } from './iam-user-name.ts';
import { observeUser } from './observe-user.ts';
import type { ReconcileDeps, Trigger } from './reconcile.ts';
import { type Item, iamUserNameOfArn, readClaim } from './record.ts';
import type { Run } from './run.ts';
import { undoProvision, undoSecondKey } from './undo-provision.ts';

/** Deletes an IAM user that the record no longer refers to, when its tags prove that it is this username's. */
export async function removeStray(
  trigger: Trigger,
  currentName: string | undefined,
  deps: ReconcileDeps,
): Promise<string | undefined> {
  const { username } = trigger;
  const stray = ownName(username, trigger.strayIamUserName);
  if (stray === undefined || stray === currentName) return undefined;
  const user = await deps.iamUsers.findUser(stray);
  if (user === undefined || !isOwnIamUser(user.tags, { username, table: deps.settings.table })) return undefined;
  if (!(await undoProvision(stray, deps.iamUsers))) {
    throw new SesameError('IamUserLeftOver', 'retryable', `The IAM user ${stray} could not be deleted completely.`);
  }
  return stray;
}

/** Undoes what a run made. A second key goes alone; the user and the first key stay. */
export function undo(run: Run, provisions: 'user' | 'key'): Promise<boolean> {
  const { iamUsers } = run.deps;
  const name = run.target.iamUserName;
  return provisions === 'user' ? undoProvision(name, iamUsers) : undoSecondKey(name, run.record.accessKeyId, iamUsers);
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
  const { held, target, made, deps } = run;
  const name = target.iamUserName;
  const claim = readClaim(item?.['claim']);
  if (item !== undefined && claim?.by === held.by) {
    await undo(run, provisions);
  } else if (provisions === 'user' && (item === undefined || !refersTo(item, name))) {
    await undo(run, 'user');
  } else if (made.accessKeyId !== undefined) {
    // Somebody else works on the same IAM user by now: only the key that nobody else knows goes.
    await deps.iamUsers.deleteAccessKey(name, made.accessKeyId);
  }
}

function refersTo(item: Item, iamUserName: string): boolean {
  const arn = item['iam_user_arn'];
  return (
    readClaim(item['claim'])?.iamUserName === iamUserName ||
    (typeof arn === 'string' && iamUserNameOfArn(arn) === iamUserName)
  );
}
