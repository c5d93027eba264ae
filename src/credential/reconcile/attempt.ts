import type { Item } from '../credential-table.ts';
import { buildIamUserTags } from '../iam/iam-user-name.ts';
import { ownershipOf } from '../iam/ownership.ts';
import { type CredentialRecord, iamUserCreatedAtMs, iamUserNameOfArn, readRecord } from '../record/record.ts';
import type { Progress, ReconcileDeps, Target, Trigger } from './contract.ts';
import type { Lease } from './lease.ts';

/** One attempt at a claimed record, with everything that it needs. */
export interface Attempt {
  readonly record: CredentialRecord;
  /** The record right after the claim, so it includes the claim. */
  readonly claimedItem: Item;
  readonly lease: Lease;
  readonly target: Target;
  readonly progress: Progress;
  /** The latest time at which the IAM user can have been created, according to the record: epoch milliseconds. */
  readonly iamUserCreatedAtMs: number;
  readonly trigger: Trigger;
  readonly deps: ReconcileDeps;
}

export function createAttempt(item: Item, lease: Lease, trigger: Trigger, deps: ReconcileDeps): Attempt {
  const { username } = trigger;
  // This attempt's own claim proves nothing about the past. A name from an earlier claim does.
  const { mayExistSinceMs, mayHoldKey } = lease;
  const claim =
    mayExistSinceMs === undefined
      ? undefined
      : { iam_user_name: lease.iamUserName, at: new Date(mayExistSinceMs).toISOString(), may_hold_key: mayHoldKey };
  const record = readRecord(username, { ...item, claim });
  const { table, scope } = deps.settings;
  const ownership = ownershipOf(deps.settings);
  const target: Target = {
    iamUserName: record.iamUserArn === undefined ? lease.iamUserName : iamUserNameOfArn(record.iamUserArn),
    username,
    table,
    region: scope.region,
    ownership,
    tags: buildIamUserTags({ ...ownership, username }),
  };
  const createdAtMs = iamUserCreatedAtMs(target.iamUserName, { ...item, claim });
  return { record, claimedItem: item, lease, target, progress: {}, iamUserCreatedAtMs: createdAtMs, trigger, deps };
}
