import type { Item, RecordChange, WriteResult } from '../credential-table.ts';
import type { SesameError } from '../errors.ts';
import { IAM_PROPAGATION_SECONDS, iamUserNotVisible } from '../iam/propagation.ts';
import type { EffectiveSpec } from '../record/effective-spec.ts';
import { isTooLarge, writeMakingRoom } from '../record/make-room.ts';
import { readClaim } from '../record/record.ts';
import { type Attempt, createAttempt } from './attempt.ts';
import type { Outcome, ReconcileDeps, Trigger } from './contract.ts';
import { execute } from './execute.ts';
import { foreignUser } from './foreign-user.ts';
import { CLAIM_LEASE_SECONDS, type Lease } from './lease.ts';
import { observeUser } from './observe-user.ts';
import { knowsUser, plan } from './plan.ts';
import type { ExecutePlan, ObservedUser } from './plan-types.ts';
import { readEffectiveSpec } from './read-effective-spec.ts';
import { buildRecordChange } from './record-write.ts';
import { removeSupersededUser } from './undo.ts';
import { describeFailure, describeFailureBriefly } from './write-back.ts';

/**
 * Handles a record that has no room for a claim. If the record should be off, the credential is disabled: it does no
 * harm to make keys Inactive twice, or in two functions at once. Everything else needs a claim, and must wait until the
 * record is smaller.
 */
export async function reconcileWithoutRoom(
  trigger: Trigger,
  tooLarge: SesameError,
  deps: ReconcileDeps,
): Promise<Outcome> {
  const item = await readByRefusedWrite(trigger, deps);
  if (item === undefined) return { result: 'missing', ...(await removeSupersededUser(trigger, undefined, deps)) };
  const attempt = createUnclaimedAttempt(item, trigger, deps);
  // Other faults are ignored for now, because the record must become smaller first.
  const spec = await readEffectiveSpec(attempt.record, deps).catch((): EffectiveSpec => ({ desired: undefined }));
  try {
    const done = await switchOff(attempt, spec);
    return done === undefined ? await refuse(attempt, tooLarge) : await writeOff(attempt, done, spec);
  } finally {
    // The IAM user that an older image names is deleted too, because no later change of the record would name it again.
    await removeSupersededUser(trigger, attempt.target.iamUserName, deps);
  }
}

/**
 * Makes the keys Inactive of a record that should be off and is claimed by somebody else. A holder that works finds the
 * changed status and does the same; but a claim that is written again and again must not keep the credential on. The
 * record is left to the holder.
 */
export async function switchOffDespiteClaim(trigger: Trigger, deps: ReconcileDeps): Promise<void> {
  const item = await readByRefusedWrite(trigger, deps);
  if (item === undefined) return;
  const attempt = createUnclaimedAttempt(item, trigger, deps);
  if (attempt.record.isToBeOff) await switchOff(attempt, { desired: undefined });
}

/**
 * The functions that reconcile have no read permission for records. A write whose condition always fails returns the
 * item.
 */
async function readByRefusedWrite({ username }: Trigger, deps: ReconcileDeps): Promise<Item | undefined> {
  const noClaim = { by: deps.newId(), at: '' };
  const { item } = await deps.credentials.updateUnclaimed(
    username,
    { set: {}, remove: ['warning'] },
    { claim: noClaim },
  );
  return item;
}

/** An attempt that holds no claim. Its lease only limits its time. */
function createUnclaimedAttempt(item: Item, trigger: Trigger, deps: ReconcileDeps): Attempt {
  const leaseMs = (deps.settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS) * 1000;
  const kept = readClaim(item['claim']);
  const untilMs = deps.now() + leaseMs;
  const lease: Lease = {
    by: deps.newId(),
    iamUserName: kept?.iamUserName ?? '',
    mayExistSinceMs: kept?.iamUserName === undefined ? undefined : kept.atMs,
    untilMs,
    beginUntilMs: untilMs,
  };
  return createAttempt(item, lease, trigger, deps);
}

/** Makes the keys Inactive if the record requires it. Returns undefined if it requires anything else. */
async function switchOff(attempt: Attempt, spec: EffectiveSpec): Promise<ExecutePlan | undefined> {
  const { record, target, progress, deps } = attempt;
  const observed: ObservedUser = knowsUser(record) ? await observeUser(attempt, 'user') : { state: 'absent' };
  const isQuarantined = observed.state === 'present' && observed.quarantined;
  if (!record.isToBeOff && !isQuarantined && spec.suspension === undefined) return undefined;
  const next = plan({
    record,
    desired: spec.desired,
    // Only the keys matter now. A user on an earlier version's path is moved once there is room.
    observed: observed.state === 'present' ? { ...observed, isOutOfPlace: false } : observed,
    suspension: spec.suspension,
    forceResync: true,
    iamUserCreatedAtMs: attempt.iamUserCreatedAtMs,
    renamedAtMs: progress.renamedAtMs,
    propagationSeconds: deps.settings.iamPropagationSeconds ?? IAM_PROPAGATION_SECONDS,
    nowMs: deps.now(),
    rotation: deps.settings.rotation,
  });
  if (next.next === 'wait') throw iamUserNotVisible(target.iamUserName);
  if (next.next === 'refuse') throw foreignUser(target, observed);
  if (next.next !== 'execute' || next.status !== 'disabled') return undefined;
  await execute(next.stages, target, progress, deps, () => {});
  return next;
}

async function writeOff(attempt: Attempt, done: ExecutePlan, spec: EffectiveSpec): Promise<Outcome> {
  const { record, progress, deps } = attempt;
  const change = buildRecordChange({
    record,
    done,
    progress,
    nowMs: deps.now(),
    by: attempt.lease.by,
    spec,
    graceSeconds: deps.settings.rotation.graceSeconds,
  });
  const { disabled_at } = change.set;
  const { written, item } = await updateRecord(attempt, change, [{ set: { disabled_at }, remove: [] }]);
  if (item === undefined) return { result: 'missing' };
  // The record was changed in the meantime, and should perhaps be on now.
  if (!written) return { result: 'busy', retryAfterSeconds: 1 };
  return { result: 'converged', transition: done.transition, item };
}

/** Records, as far as there is room, that the record must become smaller. */
async function refuse(attempt: Attempt, tooLarge: SesameError): Promise<Outcome> {
  const { record, deps } = attempt;
  const isKnown = (record.status === 'failed' || record.isToBeOff) && record.failureCode === tooLarge.code;
  if (isKnown) return { result: 'invalid', error: tooLarge, isNews: false };
  const at = new Date(deps.now()).toISOString();
  const failed = describeFailure(attempt, tooLarge, at);
  const set = { updated_at: at, updated_by: attempt.lease.by, ...failed };
  const shorter = describeFailureBriefly(failed).map((brief) => ({ set: brief, remove: [] }));
  await updateRecord(attempt, { set, remove: [] }, shorter).catch((error: unknown) => {
    if (!isTooLarge(error)) throw error;
  });
  // A failure without a code had no room for its code.
  const isNews = record.status !== 'failed' || record.failureCode !== undefined;
  return { result: 'invalid', error: tooLarge, isNews, item: record.item };
}

/** Keeps a newer claim. Also keeps a claim that holds the only name of an IAM user. */
function updateRecord(
  { record, claimedItem, trigger, deps }: Attempt,
  change: RecordChange,
  shorter: readonly RecordChange[],
): Promise<WriteResult> {
  const claim = claimedItem['claim'];
  const condition = {
    ...(record.rawStatus === undefined ? {} : { status: record.rawStatus }),
    ...(claim === undefined ? {} : { claim }),
  };
  const isClaimSpare = claim !== undefined && record.iamUserArn !== undefined;
  const remove = change.remove.filter((name) => name !== 'claim' || isClaimSpare);
  return writeMakingRoom(
    (attempt) => deps.credentials.updateUnclaimed(trigger.username, attempt, condition),
    { set: change.set, remove },
    record.item,
    shorter,
  );
}
