import type { UnattachedPolicy } from '../../credential/iam/iam-inventory.ts';
import { buildPolicyName, iamUserNameOfPolicy } from '../../credential/iam/iam-user-name.ts';
import { ownershipOf } from '../../credential/iam/ownership.ts';
import { isYoung } from '../../credential/iam/propagation.ts';
import { readUsernameHint } from '../../credential/iam/username-of-iam-user.ts';
import { keepFinding, reportFailedRead, reportFinding, type Sweep, waitBeforeConfirming } from './sweep.ts';

/**
 * Deletes the managed policies of this deployment that are attached to nobody and whose IAM user no record refers to. They grant nothing to
 * anybody, and count towards the account's quota. A record's own policy is left to its repair.
 *
 * @param referenced the IAM users that a record refers to
 */
export async function sweepPolicies(sweep: Sweep, referenced: ReadonlySet<string>): Promise<void> {
  const { deps, tally } = sweep;
  const seenAtMs = deps.now();
  const candidates = await listLeftPolicies(sweep, referenced);
  if (candidates.length === 0) return;
  // A policy may just be about to go with its user.
  await waitBeforeConfirming(sweep, seenAtMs);
  const left = new Set((await listLeftPolicies(sweep, referenced)).map(({ arn }) => arn));
  for (const { arn, name } of candidates) {
    if (!left.has(arn)) continue;
    const iamUserName = iamUserNameOfPolicy(name);
    const username = readUsernameHint(iamUserName)?.whole ?? iamUserName;
    const finding = {
      kind: 'orphan-policy',
      message: `The managed policy ${arn} is attached to nobody, and no record refers to its IAM user.`,
      remedy: 'repair',
    } as const;
    reportFinding(sweep, { username }, finding);
    try {
      await deps.reconcileDeps.iamUsers.deletePolicy(arn);
      tally.repaired += 1;
      await keepFinding(sweep, username, finding, 'repaired');
    } catch (error) {
      reportFailedRead(sweep, { policy: arn }, error);
      await keepFinding(sweep, username, finding, 'failed');
    }
  }
  await sweep.report.publish();
}

async function listLeftPolicies(
  { deps }: Sweep,
  referenced: ReadonlySet<string>,
): Promise<readonly UnattachedPolicy[]> {
  const { settings } = deps.reconcileDeps;
  const found: UnattachedPolicy[] = [];
  for await (const page of deps.inventory.listUnattachedPolicies()) {
    for (const policy of page) {
      const iamUserName = iamUserNameOfPolicy(policy.name);
      // Somebody else's policy in our path, or one that is being made.
      const isOurs =
        readUsernameHint(iamUserName) !== undefined &&
        buildPolicyName(iamUserName, ownershipOf(settings)) === policy.name;
      if (!isOurs || referenced.has(iamUserName)) continue;
      if (!isYoung(policy.changedAtMs, deps.now(), settings.iamPropagationSeconds)) found.push(policy);
    }
  }
  return found;
}
