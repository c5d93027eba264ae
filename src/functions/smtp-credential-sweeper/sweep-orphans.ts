import type { Item } from '../../credential/credential-table.ts';
import { ownerOfTags } from '../../credential/iam/iam-user-name.ts';
import { managedMarks, ownershipOf } from '../../credential/iam/ownership.ts';
import { iamUserNamedAtMs, isYoung } from '../../credential/iam/propagation.ts';
import { readUsernameHint } from '../../credential/iam/username-of-iam-user.ts';
import { isDenied } from '../../credential/reconcile/is-denied.ts';
import { iamUserNameOfArn, readRecord } from '../../credential/record/record.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import type { SweeperDeps } from './deps.ts';
import {
  keepFinding,
  reportFailedRead,
  reportFinding,
  SWEEP_CONCURRENCY,
  type Sweep,
  waitBeforeConfirming,
} from './sweep.ts';

/**
 * Reports IAM users that have this table's tags but no record. They are never changed: somebody may be sending with
 * them.
 *
 * @param names sorted names of users that no record referred to a moment ago
 * @returns where the next run continues, if the time ran out
 */
export async function sweepOrphans(sweep: Sweep, names: readonly string[]): Promise<string | undefined> {
  const undone: string[] = [];
  const seenAtMs = sweep.deps.now();
  await forEachBounded(names, SWEEP_CONCURRENCY, async (name) => {
    if (!sweep.run.hasTime()) {
      undone.push(name);
      return;
    }
    try {
      const username = await findOwner(sweep, name);
      if (username === undefined || isNew(sweep, name)) return;
      // The record may have been deleted a moment ago, and the user may be about to follow.
      await waitBeforeConfirming(sweep, seenAtMs);
      if ((await findOwner(sweep, name)) === undefined) return;
      const finding = {
        kind: 'orphan-user',
        message: `The IAM user ${name} belongs to this table, and no record refers to it. ${await describeKeys(sweep, name)}`,
        remedy: 'report',
      } as const;
      reportFinding(sweep, { username }, finding);
      await keepFinding(sweep, username, finding, 'open');
    } catch (error) {
      reportFailedRead(sweep, { iam_user: name }, error);
    }
  });
  await sweep.report.publish();
  return undone.sort()[0];
}

/** IAM may still show a very young user that is already deleted. The next sweep sees the final state. */
function isNew({ deps }: Sweep, name: string): boolean {
  return isYoung(iamUserNamedAtMs(name), deps.now(), deps.reconcileDeps.settings.iamPropagationSeconds);
}

/** The username in the tags, if the user belongs to this table and the username's record does not refer to it. */
async function findOwner({ deps }: Sweep, name: string): Promise<string | undefined> {
  const { settings, credentials } = deps.reconcileDeps;
  // A user of ours that somebody renamed has any name. Of others the role may read no tags.
  const isNamedAsOurs = readUsernameHint(name) !== undefined;
  const tags = await deps.inventory.readTags(name).catch((error: unknown) => {
    if (!isNamedAsOurs && isDenied(error)) return undefined;
    throw error;
  });
  const owner = ownerOfTags(tags ?? []);
  if (owner === undefined || !managedMarks(ownershipOf(settings)).includes(owner.mark)) return undefined;
  const item = await credentials.read(owner.username);
  if (item !== undefined && refersTo(owner.username, item, name)) return undefined;
  // Any other name is read only below a path that tells the Region.
  return !isNamedAsOurs || (await isOfThisRegion(deps, name, owner.mark)) ? owner.username : undefined;
}

/** What of it may work, for whoever has to decide. */
async function describeKeys({ deps }: Sweep, name: string): Promise<string> {
  const reads = { keys: true, document: undefined, inlineNames: false, lastUseOf: undefined, boundary: false } as const;
  const { keys = [] } = (await deps.inventory.readHoldings(name, reads)) ?? {};
  if (keys.length === 0) return 'It has no access key.';
  return `Its access keys: ${keys.map(({ accessKeyId, status }) => `${accessKeyId} (${status})`).join(', ')}.`;
}

function refersTo(username: string, item: Item, name: string): boolean {
  const { iamUserArn, claim } = readRecord(username, item);
  return (iamUserArn !== undefined && iamUserNameOfArn(iamUserArn) === name) || claim?.iamUserName === name;
}

/**
 * A mark of version 0.1 is a bare table name, which a deployment in another Region may use as well. The user's policy
 * contains the Region. If that cannot be read, the user is not reported.
 */
async function isOfThisRegion({ inventory, reconcileDeps }: SweeperDeps, name: string, mark: string): Promise<boolean> {
  if (mark.includes('/')) return true;
  const reads = { keys: false, document: 'inline', inlineNames: false, lastUseOf: undefined, boundary: false } as const;
  const { document } = (await inventory.readHoldings(name, reads)) ?? {};
  const { region } = reconcileDeps.settings.scope;
  return document !== undefined && document !== 'none' && document.text.includes(`:ses:${region}:`);
}
