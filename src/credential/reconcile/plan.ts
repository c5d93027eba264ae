import { enableRemedy } from '../enable-remedy.ts';
import type { AccessKeyStatus, UserPolicy } from '../iam/iam-users.ts';
import { isYoung } from '../iam/propagation.ts';
import type { DesiredState } from '../record/desired-state.ts';
import { expiryPhase } from '../record/expiry.ts';
import { policyFormOfDigest } from '../record/policy-digest.ts';
import { accessKeyIdsOf, type CredentialRecord } from '../record/record.ts';
import { isPastRetireBy, type RotationPhase, rotationPhase } from '../record/rotation.ts';
import type { SuspensionCause } from '../record/suspension.ts';
import type { Transition } from '../transition.ts';
import { addMove } from './add-move.ts';
import type { ExecutePlan, ObservedUser, Plan, PlanInput, Step } from './plan-types.ts';

type PresentUser = Extract<ObservedUser, { state: 'present' }>;

/** Plans what must happen so that IAM matches the record. Pure: no I/O, no clock, no environment. */
export function plan(input: PlanInput): Plan {
  return addExpiryNotice(addMove(planWork(input), input), input);
}

function planWork(input: PlanInput): Plan {
  const { record, desired, observed } = input;
  if (observed.state === 'present' && !observed.own) {
    return { next: record.iamUserArn === undefined ? 'rename' : 'refuse' };
  }
  if (record.isToBeOff) return planDisabled(input);
  if (observed.state === 'present' && observed.quarantined) return planSuspended(input, quarantine);
  if (input.suspension !== undefined) return planSuspended(input, input.suspension);
  if (desired === undefined) return planDisabled(input);
  if (!isProvisioned(input)) return planProvision(input, desired);
  return planProvisioned(input, desired);
}

/** A plan has one transition. If it already has another one, the next attempt records the notice. */
function addExpiryNotice(next: Plan, { record, nowMs, rotation, isExpiryAnnounced }: PlanInput): Plan {
  if (
    isExpiryAnnounced !== true ||
    next.next !== 'execute' ||
    next.status !== 'active' ||
    next.transition !== undefined
  )
    return next;
  const expiry = expiryPhase(record, nowMs, rotation.daySeconds);
  if (expiry.phase !== 'announce') return next;
  return { ...next, transition: 'expiry-due', expiryNotice: { days: expiry.days, untilMs: expiry.untilMs } };
}

function planDisabled(input: PlanInput): Plan {
  const { record, observed } = input;
  const mayHaveUser = knowsUser(record) || record.accessKeyId !== undefined;
  if (mayHaveUser && observed.state === 'unknown') return { next: 'observe', what: 'user' };
  const steps = switchOff(input);
  if (steps === 'unknown') return { next: 'wait' };
  const wasOn = observed.state === 'present' && observed.keys.some((key) => key.status === 'Active');
  // If an earlier attempt could not write the record, the keys may already be Inactive.
  const isNews = wasOn || (mayHaveUser && !record.hasBeenOff);
  return execute([steps], 'disabled', isNews ? 'disabled' : undefined);
}

const quarantine: SuspensionCause = {
  reason: 'AwsQuarantine',
  evidence:
    'AWS attached a policy AWSCompromisedKeyQuarantine* to the IAM user, because one of its keys was found in public. ' +
    `Rotate the key, detach that policy, then ${enableRemedy}.`,
};

/** A suspended credential stays off until an administrator has handled it. */
function planSuspended(input: PlanInput, suspension: SuspensionCause): Plan {
  // A record that had expired before it was first processed has no user, and gets none.
  const mayHaveUser = knowsUser(input.record) || input.record.accessKeyId !== undefined;
  if (mayHaveUser && input.observed.state === 'unknown') return { next: 'observe', what: 'user' };
  const steps = switchOff(input);
  if (steps === 'unknown') return { next: 'wait' };
  return { ...execute([steps], 'disabled', 'suspended'), suspension };
}

/**
 * Makes every key Inactive: those that the record names, whether IAM shows them or not, and all others that IAM shows.
 * A key is skipped only if the record says that it is off and IAM shows it as Inactive too, because IAM may return an
 * old status. Returns `unknown` if the record names no key and IAM does not show the user yet.
 */
function switchOff(input: PlanInput): Step[] | 'unknown' {
  const { record, observed } = input;
  if (!knowsUser(record)) return [];
  const named = accessKeyIdsOf(record);
  const isYoungUser = isYoung(input.iamUserCreatedAtMs, input.nowMs, input.propagationSeconds);
  if (observed.state !== 'present' && named.length === 0 && isYoungUser) return 'unknown';
  const seen = observed.state === 'present' ? observed.keys : [];
  const isOff = record.status === 'disabled' && record.hasBeenOff && isSure(input);
  return [...new Set([...named, ...seen.map(({ accessKeyId }) => accessKeyId)])]
    .filter((accessKeyId) => {
      const status = seen.find((key) => key.accessKeyId === accessKeyId)?.status;
      if (!isOff || status === 'Active') return true;
      return status === undefined && isKeyYoung(accessKeyId, input);
    })
    .map((accessKeyId) => setStatus(accessKeyId, 'Inactive', input));
}

/** Whether the record's statements about IAM can be trusted. */
function isSure({ record, forceResync }: PlanInput): boolean {
  return !forceResync && record.failureCode === undefined;
}

/**
 * Whether a key of the record is so new that IAM may not show it. The age of a key that the record doesn't name is
 * unknown.
 */
function isKeyYoung(accessKeyId: string, { record, renamedAtMs, nowMs, propagationSeconds }: PlanInput): boolean {
  const isNamed = accessKeyIdsOf(record).includes(accessKeyId);
  // The user has just got its name back, so IAM may not find the keys under that name yet.
  if (isNamed && renamedAtMs !== undefined && isYoung(renamedAtMs, nowMs, propagationSeconds)) return true;
  const { keyCreatedAtMs, previousKey } = record;
  // The previous key is older than the current one, even if an earlier version did not record its age.
  const previousMs = Math.min(previousKey?.createdAtMs ?? keyCreatedAtMs, keyCreatedAtMs);
  if (accessKeyId === record.accessKeyId) return isYoung(keyCreatedAtMs, nowMs, propagationSeconds);
  return accessKeyId === previousKey?.accessKeyId && isYoung(previousMs, nowMs, propagationSeconds);
}

function setStatus(accessKeyId: string, status: AccessKeyStatus, input: PlanInput): Step {
  const isOld = status === 'Inactive' && !isKeyYoung(accessKeyId, input);
  return { do: 'set-key-status', accessKeyId, status, ifAbsent: isOld ? 'gone' : 'unknown' };
}

/** Whether the record has a password whose key still exists, as far as known. */
function isProvisioned(input: PlanInput): boolean {
  const { record, observed } = input;
  const { accessKeyId } = record;
  if (record.iamUserArn === undefined || accessKeyId === undefined || record.encryptedPassword === undefined) {
    return false;
  }
  return observed.state === 'unknown' || mayHold(accessKeyId, input) || isHalfUndone(input);
}

/**
 * The new key of a rotation is gone without a login, and the old key still exists: an undo was started, or somebody
 * deleted the new key.
 */
function isHalfUndone(input: PlanInput): boolean {
  const { record, observed } = input;
  if (observed.state !== 'present' || record.isVerified || record.accessKeyId === undefined) return false;
  const kept = keptPreviousKey(input);
  return kept !== undefined && holdsKey(observed, kept) && !mayHold(record.accessKeyId, input);
}

/** Whether the user has the key: IAM shows it, or it may be too new to be shown. */
function mayHold(accessKeyId: string, input: PlanInput): boolean {
  const { observed } = input;
  return observed.state === 'present' && (holdsKey(observed, accessKeyId) || isKeyYoung(accessKeyId, input));
}

function planProvisioned(input: PlanInput, desired: DesiredState): Plan {
  const { record, observed, forceResync } = input;
  const phase = isHalfUndone(input) ? 'undo' : rotationPhase(record, input.nowMs, input.rotation);
  // IAM may have changed while the credential was disabled: for example, AWS may have put it in quarantine. This also
  // applies if somebody set the status of a disabled record to active by hand.
  const isEnabling = record.status !== 'active' || record.hasBeenOff;
  const mustObserve = forceResync || isEnabling || !(phase === 'none' || phase === 'wait' || phase === 'announce');
  const asksForUse = phase === 'retire' || phase === 'undo';
  if (mustObserve && observed.state !== 'present') return { next: 'observe', what: asksForUse ? 'last-use' : 'user' };
  if (asksForUse && observed.state === 'present' && usedMsFor(phase, observed) === undefined) {
    return { next: 'observe', what: 'last-use' };
  }

  // The policy is written first, so that a key never works with patterns that are no longer allowed.
  const writesPolicy = needsPolicy(input, desired);
  const policy: Step[] = writesPolicy ? [putPolicy(desired, formInForce(input, desired), input)] : [];
  const working = workingKeys(record, phase === 'retire' && isQuiet(input));
  const keys = working
    .filter((accessKeyId) => needsActivation(accessKeyId, input))
    .map((accessKeyId) => setStatus(accessKeyId, 'Active', input));
  const stages = [deleteUnknownKeys(input), policy, keys];
  const unchanged = phase === 'announce' ? 'rotation-due' : undefined;
  // `enabled` is reported only if the credential was off. One that failed, or whose record was only saved again, may
  // have worked all the time.
  const wasOff = record.hasBeenOff || working.some((accessKeyId) => isSeenInactive(accessKeyId, observed));
  const transition = wasOff ? 'enabled' : writesPolicy ? 'changed' : unchanged;
  const plain = execute(stages, 'active', transition);
  return observed.state === 'present' ? planRotation(phase, plain, input, observed) : plain;
}

/**
 * Whether the policy must be written. After a failure it is unknown which policy IAM has. The same is true after the
 * credential was disabled, because the sweep does not check the policies of disabled credentials.
 */
function needsPolicy({ record, forceResync, isPolicyEdited }: PlanInput, desired: DesiredState): boolean {
  const isUnsure = forceResync || isPolicyEdited === true || record.failureCode !== undefined || record.hasBeenOff;
  return isUnsure || record.policyDigest !== desired.policyDigest;
}

/** The keys that should work: the current one, and the previous one until it is retired. */
function workingKeys(record: CredentialRecord, isRetiring: boolean): string[] {
  const { previousKey } = record;
  const current = record.accessKeyId === undefined ? [] : [record.accessKeyId];
  return previousKey === undefined || previousKey.inactiveSinceMs !== undefined || isRetiring
    ? current
    : [...current, previousKey.accessKeyId];
}

/**
 * A key that no record names is useless, because its secret is lost. It must be deleted, because a user can have only
 * two keys.
 */
function deleteUnknownKeys(input: PlanInput): Step[] {
  const { record, observed } = input;
  if (observed.state !== 'present') return [];
  const unknown = observed.keys.filter((key) => !accessKeyIdsOf(record).includes(key.accessKeyId));
  return unknown.map(({ accessKeyId }) => deleteKey(accessKeyId, input));
}

function isSeenInactive(accessKeyId: string, observed: ObservedUser): boolean {
  if (observed.state !== 'present') return false;
  return observed.keys.some((key) => key.accessKeyId === accessKeyId && key.status === 'Inactive');
}

/** A key that IAM shows as Active is skipped only if it can't have been made Inactive a moment ago. */
function needsActivation(accessKeyId: string, input: PlanInput): boolean {
  const { record, observed, forceResync } = input;
  if (observed.state !== 'present') return record.status !== 'active' || forceResync;
  const status = observed.keys.find((key) => key.accessKeyId === accessKeyId)?.status;
  if (status === 'Inactive') return true;
  if (status === undefined && !isKeyYoung(accessKeyId, input)) return false;
  return !isSure(input) || record.hasBeenOff;
}

function planRotation(phase: RotationPhase, plain: ExecutePlan, input: PlanInput, observed: PresentUser): ExecutePlan {
  const { record, nowMs, rotation } = input;
  const { previousKey } = record;
  const then = (steps: Step[][], transition: Transition, provisions?: 'key'): ExecutePlan => ({
    ...execute([...plain.stages, ...steps], 'active', transition),
    ...(provisions === undefined ? {} : { provisions }),
  });
  if (phase === 'rotate') {
    return then([[{ do: 'make-access-key' }]], 'rotated', 'key');
  }
  if (previousKey === undefined) return plain;
  const old = mayHold(previousKey.accessKeyId, input) ? [previousKey.accessKeyId] : [];
  if (phase === 'undo') {
    const isThere = record.accessKeyId !== undefined && mayHold(record.accessKeyId, input);
    const provenAtMs = provenByUseMs(input, observed);
    if (isThere && provenAtMs !== undefined) return { ...plain, provenAtMs };
    if (old.length === 0) return then([], 'key-deleted');
    // A working key must remain, so nothing is deleted before IAM shows the old one.
    if (previousKey.encryptedPassword === undefined || !holdsKey(observed, previousKey.accessKeyId)) return plain;
    const others = new Set([...observed.keys.map(({ accessKeyId }) => accessKeyId), record.accessKeyId ?? '']);
    others.delete(previousKey.accessKeyId);
    return then([[...others].map((accessKeyId) => deleteKey(accessKeyId, input))], 'rotation-undone');
  }
  if (phase === 'delete') return then([old.map((accessKeyId) => deleteKey(accessKeyId, input))], 'key-deleted');
  if (phase !== 'retire') return plain;
  // The key's status in IAM is ignored: after disabling and enabling, IAM may still return an old one.
  if (isQuiet(input)) {
    return then([old.map((accessKeyId) => setStatus(accessKeyId, 'Inactive', input))], 'key-retired');
  }
  const limitMs = previousKey.retireAfterMs + rotation.quietLimitSeconds * 1000;
  return nowMs >= limitMs && !previousKey.isReported ? then([], 'still-in-use') : plain;
}

/** The last use of the key that decides this phase, if it was read. */
function usedMsFor(phase: RotationPhase, observed: PresentUser): number | 'never' | undefined {
  return phase === 'undo' ? observed.currentKeyUsedMs : observed.previousKeyUsedMs;
}

/**
 * When the current key was used, if it was. A client then has the new password, and it works. IAM returns the last use
 * in whole minutes.
 */
function provenByUseMs({ record }: PlanInput, { currentKeyUsedMs }: PresentUser): number | undefined {
  if (currentKeyUsedMs === undefined || currentKeyUsedMs === 'never') return undefined;
  return currentKeyUsedMs >= record.keyCreatedAtMs - 60_000 ? currentKeyUsedMs : undefined;
}

/** The previous key has not been used for so long that it can be made Inactive, or its time is over in any case. */
function isQuiet({ record, observed, nowMs, rotation }: PlanInput): boolean {
  if (isPastRetireBy(record, nowMs)) return true;
  const usedMs = observed.state === 'present' ? observed.previousKeyUsedMs : undefined;
  return usedMs === 'never' || usedMs === undefined || nowMs >= usedMs + rotation.quietSeconds * 1000;
}

function planProvision(input: PlanInput, desired: DesiredState): Plan {
  const { record, observed } = input;
  // The user may already exist: an unfinished provision left its name on the record, or the record lost its key.
  if (observed.state === 'unknown' && knowsUser(record)) return { next: 'observe', what: 'user' };
  const transition = record.accessKeyId === undefined ? 'activated' : 'recreated';
  if (observed.state !== 'present') {
    // The user may only be too new to be shown; then CreateUser answers that it exists. A user that is created now has
    // no other policy.
    const make: Step[] = [{ do: 'make-access-key' }, putPolicy(desired, desired.policy.form, input)];
    return { ...execute([[{ do: 'create-user' }], make], 'active', transition), provisions: 'user' };
  }
  const kept = keptPreviousKey(input);
  const seen = observed.keys.map(({ accessKeyId }) => accessKeyId);
  if (
    mayHideKey(record) &&
    seen.length === 0 &&
    isYoung(input.iamUserCreatedAtMs, input.nowMs, input.propagationSeconds)
  ) {
    return { next: 'wait' };
  }
  const hidden = accessKeyIdsOf(record).filter((accessKeyId) => mayHold(accessKeyId, input));
  // The other keys are useless, because their secrets are lost. They must be deleted, because a user can have only two
  // keys.
  const first = [...new Set([...seen, ...hidden])]
    .filter((accessKeyId) => accessKeyId !== kept)
    .map((accessKeyId) => deleteKey(accessKeyId, input));
  const make: Step[] = [{ do: 'make-access-key' }, putPolicy(desired, undefined, input)];
  const enable = kept !== undefined && needsActivation(kept, input) ? [setStatus(kept, 'Active', input)] : [];
  return {
    ...execute([first, make, enable], 'active', transition),
    provisions: 'key',
    ...(kept === undefined ? {} : { keepsPreviousKey: true }),
  };
}

/**
 * Whether the user may have a key that the record doesn't name and IAM doesn't list yet. There are two cases. Either an
 * earlier attempt created a key and could not delete it: the claim says so, even if the record still names the key of a
 * deleted user. Or somebody removed the key's id from the record just after the key was created, so its password may be
 * known.
 */
export function mayHideKey({ accessKeyId, claim, item }: CredentialRecord): boolean {
  return claim?.mayHoldKey === true || (accessKeyId === undefined && item['key_created_at'] !== undefined);
}

/** The old key of a rotation, if it may work and the record has its password, because clients may still use it. */
function keptPreviousKey(input: PlanInput): string | undefined {
  const { accessKeyId, previousKey } = input.record;
  if (previousKey?.encryptedPassword === undefined || previousKey.inactiveSinceMs !== undefined) return undefined;
  if (previousKey.accessKeyId === accessKeyId || !mayHold(previousKey.accessKeyId, input)) return undefined;
  return previousKey.accessKeyId;
}

function execute(
  stages: readonly (readonly Step[])[],
  status: 'active' | 'disabled',
  transition: Transition | undefined,
): ExecutePlan {
  return { next: 'execute', stages: stages.filter((stage) => stage.length > 0), status, transition };
}

/**
 * A key that the record doesn't name has an unknown age. IAM showed it a moment ago, so it may exist even if IAM
 * doesn't know it now.
 */
function deleteKey(accessKeyId: string, input: PlanInput): Step {
  const mayBeThere = !accessKeyIdsOf(input.record).includes(accessKeyId) || isKeyYoung(accessKeyId, input);
  return { do: 'delete-access-key', accessKeyId, ifAbsent: mayBeThere ? 'unknown' : 'gone' };
}

function holdsKey(observed: PresentUser, accessKeyId: string): boolean {
  return observed.keys.some((key) => key.accessKeyId === accessKeyId);
}

function putPolicy({ policy }: DesiredState, previousForm: UserPolicy['form'] | undefined, input: PlanInput): Step {
  const mayHideManaged = policy.form === 'inline' && previousForm !== 'inline' && isManagedYoung(input);
  return {
    do: 'put-policy',
    policy,
    ...(previousForm === undefined ? {} : { previousForm }),
    ...(mayHideManaged ? { mayHideManaged } : {}),
  };
}

/**
 * Whether the record's managed policy is so new that IAM may not show it. A failure also updates the record, but not
 * the policy, so the time before the first failure counts.
 */
function isManagedYoung({ record, nowMs, propagationSeconds }: PlanInput): boolean {
  if (policyFormOfDigest(record.policyDigest) !== 'managed') return false;
  const putByMs = record.failureCode === undefined ? record.updatedAtMs : (record.failureSinceMs ?? record.updatedAtMs);
  return isYoung(putByMs, nowMs, propagationSeconds);
}

/** The form of the policy in IAM. Undefined if it is uncertain, because there may be one of each form. */
function formInForce(
  { record, forceResync, isPolicyEdited }: PlanInput,
  desired: DesiredState,
): UserPolicy['form'] | undefined {
  // The digest tells of the policy after the edit, so it was not written before it, or this is a replay.
  const isOdd = isPolicyEdited === true && record.policyDigest === desired.policyDigest;
  return isOdd || forceResync || record.failureCode !== undefined ? undefined : policyFormOfDigest(record.policyDigest);
}

/** Whether the record or an expired claim names an IAM user, so that the user may exist. */
export function knowsUser(record: CredentialRecord): boolean {
  return record.iamUserArn !== undefined || record.claim?.iamUserName !== undefined;
}
