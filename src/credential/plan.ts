import type { DesiredState } from './desired-state.ts';
import { policyFormOfDigest } from './desired-state.ts';
import type { AccessKey, AccessKeyStatus, UserPolicy } from './iam-users.ts';
import type { CredentialRecord } from './record.ts';

/** What is known of the record's IAM user. `unknown`: nobody looked yet, and mostly nobody needs to. */
export type ObservedUser =
  | { readonly state: 'unknown' }
  | { readonly state: 'absent' }
  | { readonly state: 'present'; readonly arn: string; readonly own: boolean; readonly keys: readonly AccessKey[] };

export type Step =
  | { readonly do: 'create-user' }
  | { readonly do: 'create-access-key' }
  | { readonly do: 'put-policy'; readonly policy: UserPolicy; readonly previousForm?: UserPolicy['form'] }
  | { readonly do: 'encrypt-password' }
  | { readonly do: 'set-key-status'; readonly accessKeyId: string; readonly status: AccessKeyStatus }
  | { readonly do: 'delete-access-key'; readonly accessKeyId: string };

/** What the credential went through; undefined where nothing changed. */
export type Transition = 'activated' | 'enabled' | 'disabled' | 'changed' | 'recreated';

export type Plan =
  /** Look at IAM first, then plan again. */
  | { readonly next: 'observe' }
  /** The IAM user of that name isn't ours. */
  | { readonly next: 'refuse' }
  | ExecutePlan;

export interface ExecutePlan {
  readonly next: 'execute';
  /** One after the other; the steps of a round side by side. */
  readonly rounds: readonly (readonly Step[])[];
  readonly status: 'active' | 'disabled';
  readonly transition: Transition | undefined;
  /** A user and a key are made: they are undone when the plan can't be finished. */
  readonly provisions: boolean;
}

/**
 * The rules: what has to happen so that IAM is as the record says. Pure: no I/O, no clock, no environment.
 *
 * `desired` is undefined only for a disabled record, which needs no valid wishes.
 * `distrust` says that IAM may differ from what the record tells (an earlier write got lost): nothing is left out
 * because the record calls it done.
 */
export function plan(
  record: CredentialRecord,
  desired: DesiredState | undefined,
  observed: ObservedUser,
  distrust = false,
): Plan {
  if (observed.state === 'present' && !observed.own) return { next: 'refuse' };
  if (record.status === 'disabled' || desired === undefined) return planDisabled(record, observed);
  return isProvisioned(record, observed)
    ? planProvisioned(record, desired, observed, distrust)
    : planProvision(record, desired, observed);
}

function planDisabled(record: CredentialRecord, observed: ObservedUser): Plan {
  const mayHaveUser = record.iamUserArn !== undefined || record.accessKeyId !== undefined || hasKeptName(record);
  if (mayHaveUser && observed.state === 'unknown') return { next: 'observe' };
  const active = observed.state === 'present' ? observed.keys.filter((key) => key.status === 'Active') : [];
  const steps = active.map(
    ({ accessKeyId }) => ({ do: 'set-key-status', accessKeyId, status: 'Inactive' }) satisfies Step,
  );
  return {
    next: 'execute',
    rounds: steps.length === 0 ? [] : [steps],
    status: 'disabled',
    transition: steps.length === 0 ? undefined : 'disabled',
    provisions: false,
  };
}

/** Whether the record's own password is known and its key is (as far as anybody looked) still there. */
function isProvisioned(record: CredentialRecord, observed: ObservedUser): boolean {
  const { accessKeyId } = record;
  if (record.iamUserArn === undefined || accessKeyId === undefined || record.encryptedPassword === undefined) {
    return false;
  }
  if (observed.state === 'unknown') return true;
  return observed.state === 'present' && observed.keys.some((key) => key.accessKeyId === accessKeyId);
}

function planProvisioned(
  record: CredentialRecord,
  desired: DesiredState,
  observed: ObservedUser,
  distrust: boolean,
): Plan {
  const accessKeyId = record.accessKeyId as string;
  const steps: Step[] = [];
  const known = observed.state === 'present' ? observed.keys.find((key) => key.accessKeyId === accessKeyId) : undefined;
  const needsKey = known === undefined ? record.status !== 'active' || distrust : known.status === 'Inactive';
  const needsPolicy = record.policyDigest !== desired.policyDigest || distrust || observed.state === 'present';
  // The policy first, so that a key never works under patterns that are no longer allowed.
  const rounds: Step[][] = [];
  if (needsPolicy) rounds.push([putPolicy(record, desired)]);
  if (needsKey) steps.push({ do: 'set-key-status', accessKeyId, status: 'Active' });
  if (steps.length > 0) rounds.push(steps);
  return {
    next: 'execute',
    rounds,
    status: 'active',
    transition: record.status === 'active' ? (needsPolicy ? 'changed' : undefined) : 'enabled',
    provisions: false,
  };
}

function planProvision(record: CredentialRecord, desired: DesiredState, observed: ObservedUser): Plan {
  // A user may be there already: a half-done provision left its name, or the record lost its key.
  if (observed.state === 'unknown' && (record.iamUserArn !== undefined || hasKeptName(record))) {
    return { next: 'observe' };
  }
  const make: Step[] = [{ do: 'create-access-key' }, putPolicy(record, desired)];
  const first: Step[] =
    observed.state === 'present'
      ? // Their secrets are lost, and two keys are all that a user may have.
        observed.keys.map(({ accessKeyId }) => ({ do: 'delete-access-key', accessKeyId }))
      : [{ do: 'create-user' }];
  return {
    next: 'execute',
    rounds: [...(first.length === 0 ? [] : [first]), make, [{ do: 'encrypt-password' }]],
    status: 'active',
    transition: record.accessKeyId === undefined ? 'activated' : 'recreated',
    provisions: true,
  };
}

function putPolicy(record: CredentialRecord, desired: DesiredState): Step {
  const previousForm = policyFormOfDigest(record.policyDigest);
  return { do: 'put-policy', policy: desired.policy, ...(previousForm === undefined ? {} : { previousForm }) };
}

/** A claim that outlived its holder: its IAM user may exist. */
function hasKeptName(record: CredentialRecord): boolean {
  return record.claim?.iamUserName !== undefined;
}
