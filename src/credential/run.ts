import type { Held } from './claim.ts';
import type { Made, Target } from './execute.ts';
import { buildIamUserTags } from './iam-user-name.ts';
import type { ReconcileDeps, Trigger } from './reconcile.ts';
import { type CredentialRecord, type Item, iamUserNameOfArn, readRecord } from './record.ts';

/** One look at a claimed record, with all that the work on it needs. */
export interface Run {
  readonly record: CredentialRecord;
  readonly held: Held;
  readonly target: Target;
  readonly made: Made;
  readonly trigger: Trigger;
  readonly deps: ReconcileDeps;
}

export function createRun(item: Item, held: Held, trigger: Trigger, deps: ReconcileDeps): Run {
  const { username } = trigger;
  // Our own claim says nothing about the past; a name that was known before does.
  const claim = held.knownBefore ? { iam_user_name: held.proposedName } : undefined;
  const record = readRecord(username, { ...item, claim });
  const { table, scope } = deps.settings;
  const target: Target = {
    iamUserName: record.iamUserArn === undefined ? held.proposedName : iamUserNameOfArn(record.iamUserArn),
    username,
    table,
    region: scope.region,
    tags: buildIamUserTags({ username, table }),
  };
  return { record, held, target, made: {}, trigger, deps };
}
