import type { DesiredState } from './desired-state.ts';
import { policyFormOfDigest } from './desired-state.ts';
import type { AccessKey, AccessKeyStatus, UserPolicy } from './iam-users.ts';
import type { CredentialRecord } from './record.ts';
import { type RotationPhase, type RotationTimes, rotationPhase } from './rotation.ts';
import type { Transition } from './transition.ts';
import type { SuspensionReason } from './wishes.ts';

/** What is known of the record's IAM user. `unknown`: nobody looked yet, and mostly nobody needs to. */
export type ObservedUser =
  | { readonly state: 'unknown' }
  | { readonly state: 'absent' }
  | {
      readonly state: 'present';
      readonly arn: string;
      readonly own: boolean;
      readonly keys: readonly AccessKey[];
      /** AWS found one of its keys in public and attached its quarantine policy. */
      readonly quarantined: boolean;
      /** When the previous key was last used: epoch milliseconds, or `never`. Undefined: nobody looked. */
      readonly previousKeyUsedMs?: number | 'never';
    };

type PresentUser = Extract<ObservedUser, { state: 'present' }>;

export type Step =
  | { readonly do: 'create-user' }
  /** Makes a key and encrypts its password: a secret that isn't stored is of no use. */
  | { readonly do: 'make-access-key' }
  | { readonly do: 'put-policy'; readonly policy: UserPolicy; readonly previousForm?: UserPolicy['form'] }
  | { readonly do: 'set-key-status'; readonly accessKeyId: string; readonly status: AccessKeyStatus }
  | { readonly do: 'delete-access-key'; readonly accessKeyId: string };

export type Plan =
  /** Look at IAM first (`last-use`: at the previous key's use as well), then plan again. */
  | { readonly next: 'observe'; readonly what: 'user' | 'last-use' }
  /** The IAM user of that name isn't ours. */
  | { readonly next: 'refuse' }
  | ExecutePlan;

export interface ExecutePlan {
  readonly next: 'execute';
  /** One after the other; the steps of a round side by side. */
  readonly rounds: readonly (readonly Step[])[];
  readonly status: 'active' | 'disabled';
  readonly transition: Transition | undefined;
  /** Why, when the plan switches an active credential off. */
  readonly suspension?: SuspensionReason;
  /** What is made, and undone when the plan can't be finished: a user with its key, or a second key. */
  readonly provisions?: 'user' | 'key';
}

export interface PlanInput {
  readonly record: CredentialRecord;
  /** Undefined only for a disabled record, which needs no valid wishes. */
  readonly desired: DesiredState | undefined;
  readonly observed: ObservedUser;
  /** The credential is to be switched off by the system itself. */
  readonly suspension?: SuspensionReason | undefined;
  /** IAM may differ from what the record tells: nothing is left out because the record calls it done. */
  readonly distrust: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly rotation: RotationTimes;
}

/** The rules: what has to happen so that IAM is as the record says. Pure: no I/O, no clock, no environment. */
export function plan(input: PlanInput): Plan {
  const { record, desired, observed } = input;
  if (observed.state === 'present' && !observed.own) return { next: 'refuse' };
  if (record.status === 'disabled' || desired === undefined) return planDisabled(record, observed);
  if (observed.state === 'present' && observed.quarantined) return planSuspended(observed, quarantine);
  if (input.suspension !== undefined) return planSuspended(observed, input.suspension);
  if (!isProvisioned(record, observed)) return planProvision(record, desired, observed);
  return planProvisioned(input, desired);
}

function planDisabled(record: CredentialRecord, observed: ObservedUser): Plan {
  const mayHaveUser = record.iamUserArn !== undefined || record.accessKeyId !== undefined || hasKeptName(record);
  if (mayHaveUser && observed.state === 'unknown') return { next: 'observe', what: 'user' };
  const round = observed.state === 'present' ? switchOff(observed.keys) : [];
  // The keys may be off already, by somebody who then couldn't write it down.
  const isNews = round.length > 0 || (mayHaveUser && record.item['disabled_at'] === undefined);
  return execute(round.length === 0 ? [] : [round], 'disabled', isNews ? 'disabled' : undefined);
}

const quarantine: SuspensionReason = {
  reason: 'AwsQuarantine',
  evidence:
    'AWS attached a policy AWSCompromisedKeyQuarantine* to the IAM user, because one of its keys was found in public. ' +
    'Rotate the key, detach that policy, then set status to "pending".',
};

/** What was suspended isn't used again before an administrator has dealt with it. */
function planSuspended(observed: ObservedUser, suspension: SuspensionReason): Plan {
  if (observed.state === 'unknown') return { next: 'observe', what: 'user' };
  const round = observed.state === 'present' ? switchOff(observed.keys) : [];
  return { ...execute(round.length === 0 ? [] : [round], 'disabled', 'suspended'), suspension };
}

function switchOff(keys: readonly AccessKey[]): Step[] {
  return keys
    .filter((key) => key.status === 'Active')
    .map(({ accessKeyId }) => ({ do: 'set-key-status', accessKeyId, status: 'Inactive' }));
}

/** Whether the record's own password is known and its key is (as far as anybody looked) still there. */
function isProvisioned(record: CredentialRecord, observed: ObservedUser): boolean {
  const { accessKeyId } = record;
  if (record.iamUserArn === undefined || accessKeyId === undefined || record.encryptedPassword === undefined) {
    return false;
  }
  return observed.state === 'unknown' || (observed.state === 'present' && holdsKey(observed, accessKeyId));
}

function planProvisioned(input: PlanInput, desired: DesiredState): Plan {
  const { record, observed, distrust } = input;
  const phase = rotationPhase(record, input.nowMs, input.rotation);
  // Whoever enables a credential may not know what became of it in IAM: AWS may hold it in quarantine by now.
  const looks =
    distrust || record.status !== 'active' || !(phase === 'none' || phase === 'wait' || phase === 'announce');
  if (looks && observed.state !== 'present') return { next: 'observe', what: phase === 'retire' ? 'last-use' : 'user' };
  if (phase === 'retire' && observed.state === 'present' && observed.previousKeyUsedMs === undefined) {
    return { next: 'observe', what: 'last-use' };
  }

  // The policy first, so that a key never works under patterns that are no longer allowed. After a failure nobody knows which one
  // IAM holds.
  const needsPolicy = record.policyDigest !== desired.policyDigest || distrust || record.failureCode !== undefined;
  const policy: Step[] = needsPolicy ? [putPolicy(desired, formInForce(input))] : [];
  const keys = workingKeys(record, phase === 'retire' && isQuiet(input))
    .filter((accessKeyId) => needsActivation(accessKeyId, input))
    .map((accessKeyId): Step => ({ do: 'set-key-status', accessKeyId, status: 'Active' }));
  const rounds = [deleteUnknownKeys(record, observed), policy, keys].filter((round) => round.length > 0);
  const unchanged = phase === 'announce' ? 'rotation-due' : undefined;
  const isEnabled = record.status !== 'active' || keys.length > 0;
  const transition = isEnabled ? 'enabled' : needsPolicy ? 'changed' : unchanged;
  const plain = execute(rounds, 'active', transition);
  return observed.state === 'present' ? planRotation(phase, plain, input, observed) : plain;
}

/** The keys that are to work: the current one, and the previous one until it is retired. */
function workingKeys(record: CredentialRecord, isRetiring: boolean): string[] {
  const { previousKey } = record;
  const current = record.accessKeyId === undefined ? [] : [record.accessKeyId];
  return previousKey === undefined || previousKey.inactiveSinceMs !== undefined || isRetiring
    ? current
    : [...current, previousKey.accessKeyId];
}

/** A key that no record knows is a leftover: its secret is lost, and two keys are all that a user may have. */
function deleteUnknownKeys({ accessKeyId, previousKey }: CredentialRecord, observed: ObservedUser): Step[] {
  if (observed.state !== 'present') return [];
  const known = [accessKeyId, previousKey?.accessKeyId];
  return deleteKeys(observed.keys.filter((key) => !known.includes(key.accessKeyId)));
}

function needsActivation(accessKeyId: string, { record, observed, distrust }: PlanInput): boolean {
  if (observed.state !== 'present') return record.status !== 'active' || distrust;
  return observed.keys.some((key) => key.accessKeyId === accessKeyId && key.status === 'Inactive');
}

function planRotation(phase: RotationPhase, plain: ExecutePlan, input: PlanInput, observed: PresentUser): ExecutePlan {
  const { record, nowMs, rotation } = input;
  const { previousKey } = record;
  const then = (steps: Step[][], transition: Transition, provisions?: 'key'): ExecutePlan => ({
    ...execute([...plain.rounds, ...steps], 'active', transition),
    ...(provisions === undefined ? {} : { provisions }),
  });
  if (phase === 'rotate') {
    return then([[{ do: 'make-access-key' }]], 'rotated', 'key');
  }
  if (previousKey === undefined) return plain;
  const old = observed.keys.filter((key) => key.accessKeyId === previousKey.accessKeyId);
  if (phase === 'undo') {
    if (old.length === 0) return then([], 'key-deleted');
    if (previousKey.encryptedPassword === undefined) return plain;
    return then([deleteKeys(observed.keys.filter((key) => !old.includes(key)))], 'rotation-undone');
  }
  if (phase === 'delete') return then([deleteKeys(old)], 'key-deleted');
  if (phase !== 'retire') return plain;
  if (isQuiet(input)) return then([switchOff(old)], 'key-retired');
  const limitMs = previousKey.retireAfterMs + rotation.quietLimitSeconds * 1000;
  return nowMs >= limitMs && !previousKey.isReported ? then([], 'still-in-use') : plain;
}

/** The previous key hasn't been used for long enough to be switched off. */
function isQuiet({ observed, nowMs, rotation }: PlanInput): boolean {
  const usedMs = observed.state === 'present' ? observed.previousKeyUsedMs : undefined;
  return usedMs === 'never' || usedMs === undefined || nowMs >= usedMs + rotation.quietSeconds * 1000;
}

function planProvision(record: CredentialRecord, desired: DesiredState, observed: ObservedUser): Plan {
  // A user may be there already: a half-done provision left its name, or the record lost its key.
  if (observed.state === 'unknown' && (record.iamUserArn !== undefined || hasKeptName(record))) {
    return { next: 'observe', what: 'user' };
  }
  // A user that is made now has no other policy.
  const form = observed.state === 'present' ? undefined : desired.policy.form;
  const make: Step[] = [{ do: 'make-access-key' }, putPolicy(desired, form)];
  // The secrets of keys that are there are lost, and two keys are all that a user may have.
  const first: Step[] = observed.state === 'present' ? deleteKeys(observed.keys) : [{ do: 'create-user' }];
  return {
    ...execute(
      [...(first.length === 0 ? [] : [first]), make],
      'active',
      record.accessKeyId === undefined ? 'activated' : 'recreated',
    ),
    provisions: 'user',
  };
}

function execute(
  rounds: readonly (readonly Step[])[],
  status: 'active' | 'disabled',
  transition: Transition | undefined,
): ExecutePlan {
  return { next: 'execute', rounds, status, transition };
}

function deleteKeys(keys: readonly AccessKey[]): Step[] {
  return keys.map(({ accessKeyId }) => ({ do: 'delete-access-key', accessKeyId }));
}

function holdsKey(observed: PresentUser, accessKeyId: string): boolean {
  return observed.keys.some((key) => key.accessKeyId === accessKeyId);
}

function putPolicy({ policy }: DesiredState, previousForm: UserPolicy['form'] | undefined): Step {
  return { do: 'put-policy', policy, ...(previousForm === undefined ? {} : { previousForm }) };
}

/** The form of the policy in IAM; undefined when nobody can be sure, and there may be one of each. */
function formInForce({ record, distrust }: PlanInput): UserPolicy['form'] | undefined {
  return distrust || record.failureCode !== undefined ? undefined : policyFormOfDigest(record.policyDigest);
}

/** A claim that outlived its holder: its IAM user may exist. */
function hasKeptName(record: CredentialRecord): boolean {
  return record.claim?.iamUserName !== undefined;
}
