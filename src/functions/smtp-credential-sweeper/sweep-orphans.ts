import type { Item } from '../../credential/credential-table.ts';
import { ownerOfTags } from '../../credential/iam/iam-user-name.ts';
import { managedMarks, ownershipOf } from '../../credential/iam/ownership.ts';
import { iamUserNamedAtMs, isYoung } from '../../credential/iam/propagation.ts';
import { readUsernameHint } from '../../credential/iam/username-of-iam-user.ts';
import { iamUserNameOfArn, readRecord } from '../../credential/record/record.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import type { SweeperDeps } from './deps.ts';
import { reportFailedRead, reportFinding, SWEEP_CONCURRENCY, type Sweep, waitBeforeConfirming } from './sweep.ts';

/**
 * Reports the IAM users that carry this table's tags and that no record refers to. They are never touched: somebody may
 * be sending with them.
 *
 * @param names sorted names of users that no record referred to a moment ago
 * @returns where the next run goes on, when the time ran out
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
      // Its record may just have been deleted, and the user be about to follow.
      await waitBeforeConfirming(sweep, seenAtMs);
      if ((await findOwner(sweep, name)) === undefined) return;
      reportFinding(
        sweep,
        { username },
        {
          kind: 'orphan-user',
          message: `The IAM user ${name} belongs to this table, and no record refers to it.`,
          remedy: 'report',
        },
      );
    } catch (error) {
      reportFailedRead(sweep, { iam_user: name }, error);
    }
  });
  await sweep.report.publish();
  return undone.sort()[0];
}

/** A user that was made a moment ago may still be shown although it is gone again. The next sweep sees what is true. */
function isNew({ deps }: Sweep, name: string): boolean {
  return isYoung(iamUserNamedAtMs(name), deps.now(), deps.reconcileDeps.settings.iamPropagationSeconds);
}

/** The username in the tags, if the user is this table's and that username's record refers to another user or none. */
async function findOwner({ deps }: Sweep, name: string): Promise<string | undefined> {
  // Somebody else's user below our path, which the role may not read.
  if (readUsernameHint(name) === undefined) return undefined;
  const { settings, credentials } = deps.reconcileDeps;
  const owner = ownerOfTags((await deps.inventory.readTags(name)) ?? []);
  if (owner === undefined || !managedMarks(ownershipOf(settings)).includes(owner.mark)) return undefined;
  const item = await credentials.read(owner.username);
  if (item !== undefined && refersTo(owner.username, item, name)) return undefined;
  return (await isOfThisRegion(deps, name, owner.mark)) ? owner.username : undefined;
}

function refersTo(username: string, item: Item, name: string): boolean {
  const { iamUserArn, claim } = readRecord(username, item);
  return (iamUserArn !== undefined && iamUserNameOfArn(iamUserArn) === name) || claim?.iamUserName === name;
}

/**
 * A mark of version 0.1 is a bare table name, which another Region's deployment may have used as well. The user's policy names
 * the Region; a user of which that isn't known isn't reported.
 */
async function isOfThisRegion({ inventory, reconcileDeps }: SweeperDeps, name: string, mark: string): Promise<boolean> {
  if (mark.includes('/')) return true;
  const reads = { keys: false, document: 'inline', inlineNames: false, lastUseOf: undefined, boundary: false } as const;
  const { document } = (await inventory.readHoldings(name, reads)) ?? {};
  const { region } = reconcileDeps.settings.scope;
  return document !== undefined && document !== 'none' && document.text.includes(`:ses:${region}:`);
}
