import type { RecordChange, WriteResult } from '../credential-table.ts';
import type { SesameError } from '../errors.ts';
import { IAM_PROPAGATION_SECONDS, iamUserNotVisible } from '../iam/propagation.ts';
import type { Wishes } from '../record/effective-spec.ts';
import { isTooLarge, writeMakingRoom } from '../record/make-room.ts';
import { readClaim } from '../record/record.ts';
import { createRun, type Run } from './attempt.ts';
import type { Outcome, ReconcileDeps, Trigger } from './contract.ts';
import { execute } from './execute.ts';
import { foreignUser } from './foreign-user.ts';
import { CLAIM_LEASE_SECONDS, type Held } from './lease.ts';
import { observeUser } from './observe-user.ts';
import { knowsUser, plan } from './plan.ts';
import type { ExecutePlan, ObservedUser } from './plan-types.ts';
import { readWishes } from './read-effective-spec.ts';
import { buildRecordChange } from './record-write.ts';
import { removeStray } from './undo.ts';
import { describeFailure } from './write-back.ts';

/**
 * What can be done for a record that has no room for a claim: it is switched off, when that is what it asks for. Making keys Inactive
 * twice, or by two runs, does no harm; everything else needs a claim, and waits until the record is smaller.
 */
export async function reconcileWithoutRoom(
  trigger: Trigger,
  tooLarge: SesameError,
  deps: ReconcileDeps,
): Promise<Outcome> {
  // The roles that reconcile read records only by writing: here by a write that is always refused, with the item as it stands.
  const noClaim = { by: deps.newId(), at: '' };
  const { item } = await deps.credentials.note(trigger.username, { set: {}, remove: ['warning'] }, { claim: noClaim });
  if (item === undefined) return { result: 'missing', ...(await removeStray(trigger, undefined, deps)) };
  const leaseMs = (deps.settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS) * 1000;
  const kept = readClaim(item['claim']);
  const untilMs = deps.now() + leaseMs;
  const held: Held = {
    by: deps.newId(),
    proposedName: kept?.iamUserName ?? '',
    keptSinceMs: kept?.iamUserName === undefined ? undefined : kept.atMs,
    untilMs,
    beginUntilMs: untilMs,
  };
  const run = createRun(item, held, trigger, deps);
  // What is wrong besides can wait: the record is to become smaller first.
  const wishes = await readWishes(run.record, deps).catch((): Wishes => ({ desired: undefined }));
  try {
    const done = await switchOff(run, wishes);
    return done === undefined ? await refuse(run, tooLarge) : await writeOff(run, done, wishes);
  } finally {
    // The IAM user that an older image names goes all the same: no later change of the record would name it again.
    await removeStray(trigger, run.target.iamUserName, deps);
  }
}

/** Makes the keys Inactive if that is to be. Returns undefined when the record asks for anything else. */
async function switchOff(run: Run, wishes: Wishes): Promise<ExecutePlan | undefined> {
  const { record, target, made, deps } = run;
  const observed: ObservedUser = knowsUser(record) ? await observeUser(run, 'user') : { state: 'absent' };
  const isQuarantined = observed.state === 'present' && observed.quarantined;
  if (!record.isToBeOff && !isQuarantined && wishes.suspension === undefined) return undefined;
  const next = plan({
    record,
    desired: wishes.desired,
    // The keys are all that counts now: a user in a place of old is moved when there is room.
    observed: observed.state === 'present' ? { ...observed, isOutOfPlace: false } : observed,
    suspension: wishes.suspension,
    distrust: true,
    iamUserMadeAtMs: run.iamUserMadeAtMs,
    propagationSeconds: deps.settings.iamPropagationSeconds ?? IAM_PROPAGATION_SECONDS,
    nowMs: deps.now(),
    rotation: deps.settings.rotation,
  });
  if (next.next === 'wait') throw iamUserNotVisible(target.iamUserName);
  if (next.next === 'refuse') throw foreignUser(target, observed);
  if (next.next !== 'execute' || next.status !== 'disabled') return undefined;
  await execute(next.rounds, target, made, deps, () => {});
  return next;
}

async function writeOff(run: Run, done: ExecutePlan, wishes: Wishes): Promise<Outcome> {
  const { record, made, deps } = run;
  const change = buildRecordChange({
    record,
    done,
    made,
    nowMs: deps.now(),
    by: run.held.by,
    wishes,
    graceSeconds: deps.settings.rotation.graceSeconds,
  });
  const { written, item } = await note(run, change);
  if (item === undefined) return { result: 'missing' };
  // Somebody changed the record, and may want it on by now.
  if (!written) return { result: 'busy', retryAfterSeconds: 1 };
  return { result: 'settled', transition: done.transition, item };
}

/** Says on the record, if there is room for that at least, that it has to become smaller. */
async function refuse(run: Run, tooLarge: SesameError): Promise<Outcome> {
  const { record, deps } = run;
  const isKnown = (record.status === 'failed' || record.isToBeOff) && record.failureCode === tooLarge.code;
  if (isKnown) return { result: 'invalid', error: tooLarge, isNews: false };
  const at = new Date(deps.now()).toISOString();
  const set = { updated_at: at, updated_by: run.held.by, ...describeFailure(run, tooLarge, at) };
  await note(run, { set, remove: [] }).catch((error: unknown) => {
    if (!isTooLarge(error)) throw error;
  });
  return { result: 'invalid', error: tooLarge, isNews: true };
}

/** Without touching a claim that somebody has got since, or the only name of an IAM user. */
function note({ record, claimedItem, trigger, deps }: Run, change: RecordChange): Promise<WriteResult> {
  const claim = claimedItem['claim'];
  const condition = {
    ...(record.rawStatus === undefined ? {} : { status: record.rawStatus }),
    ...(claim === undefined ? {} : { claim }),
  };
  const isClaimSpare = claim !== undefined && record.iamUserArn !== undefined;
  const remove = change.remove.filter((name) => name !== 'claim' || isClaimSpare);
  return writeMakingRoom(
    (attempt) => deps.credentials.note(trigger.username, attempt, condition),
    { set: change.set, remove },
    record.item,
  );
}
