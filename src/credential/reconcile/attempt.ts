import type { Item } from '../credential-table.ts';
import { buildIamUserTags } from '../iam/iam-user-name.ts';
import { ownershipOf } from '../iam/ownership.ts';
import { type CredentialRecord, iamUserMadeAtMs, iamUserNameOfArn, readRecord } from '../record/record.ts';
import type { Made, ReconcileDeps, Target, Trigger } from './contract.ts';
import type { Held } from './lease.ts';

/** One look at a claimed record, with all that the work on it needs. */
export interface Run {
  readonly record: CredentialRecord;
  /** The record as it stood when it was claimed, with the claim. */
  readonly claimedItem: Item;
  readonly held: Held;
  readonly target: Target;
  readonly made: Made;
  /** When the IAM user was made at the latest, as far as the record tells: epoch milliseconds. */
  readonly iamUserMadeAtMs: number;
  readonly trigger: Trigger;
  readonly deps: ReconcileDeps;
}

export function createRun(item: Item, held: Held, trigger: Trigger, deps: ReconcileDeps): Run {
  const { username } = trigger;
  // Our own claim says nothing about the past; a name that was known before does.
  const { keptSinceMs, mayHoldKey } = held;
  const claim =
    keptSinceMs === undefined
      ? undefined
      : { iam_user_name: held.proposedName, at: new Date(keptSinceMs).toISOString(), may_hold_key: mayHoldKey };
  const record = readRecord(username, { ...item, claim });
  const { table, scope } = deps.settings;
  const ownership = ownershipOf(deps.settings);
  const target: Target = {
    iamUserName: record.iamUserArn === undefined ? held.proposedName : iamUserNameOfArn(record.iamUserArn),
    username,
    table,
    region: scope.region,
    ownership,
    tags: buildIamUserTags({ ...ownership, username }),
  };
  const madeAtMs = iamUserMadeAtMs(target.iamUserName, { ...item, claim });
  return { record, claimedItem: item, held, target, made: {}, iamUserMadeAtMs: madeAtMs, trigger, deps };
}
