import type { Item } from '../credential-table.ts';
import { enableRemedy } from '../enable-remedy.ts';
import { InvalidRecordError, SesameError, toSesameError } from '../errors.ts';
import { IamUserMissingError } from '../iam/iam-users.ts';
import { isFormerArn } from '../iam/ownership.ts';
import { IAM_PROPAGATION_SECONDS, iamUserNotVisible, isYoung } from '../iam/propagation.ts';
import type { EffectiveSpec } from '../record/effective-spec.ts';
import { isTooLarge } from '../record/make-room.ts';
import { type Attempt, createAttempt } from './attempt.ts';
import { claimOver } from './claim-over.ts';
import type { Outcome, ReconcileDeps, Trigger } from './contract.ts';
import { execute, IamUserExistsError } from './execute.ts';
import { foreignUser } from './foreign-user.ts';
import { isDenied } from './is-denied.ts';
import { type Claimed, claimOtherName, claimRecord } from './lease.ts';
import { addLeftOver, type LeftOver } from './left-over.ts';
import { observeUser } from './observe-user.ts';
import { plan } from './plan.ts';
import { type ExecutePlan, foreignUserAt, type ObservedUser, type Plan } from './plan-types.ts';
import { readEffectiveSpec } from './read-effective-spec.ts';
import { removeLeftovers, removeSupersededUser, undo } from './undo.ts';
import { reconcileWithoutRoom, switchOffDespiteClaim } from './without-room.ts';
import { describeHiddenKey, recordFailure, type Written, writeBack } from './write-back.ts';

/**
 * The maximum number of attempts of one call while the record keeps changing. After the first few, it waits before each
 * attempt.
 */
const maxAttempts = 20;
const attemptsWithoutPause = 5;
const attemptPauseMs = 500;
/** When to retry a record that changed during every attempt. */
const keepsChangingSeconds = 2;
/** How long to wait until IAM shows a user that exists. */
const existingDelaysMs = [200, 400, 800, 0];
/** While reads of a new name are denied, IAM has only begun to show the user: how long to wait for an answer that decides. */
const deniedDelaysMs = [800, 800, 800, 0];
/** So many denials in a row mean that the user is another deployment's. */
const decidingDenials = 4;

/**
 * Makes IAM match the record. It may be stopped after any call, repeated, and called concurrently: only the holder of
 * the record's claim works, and a write is refused if the claim or the status has changed.
 *
 * @throws SesameError if the table can't be reached; every other problem is in the outcome and on the record
 */
export async function reconcile(trigger: Trigger, deps: ReconcileDeps): Promise<Outcome> {
  const claimed = await claimRecord(trigger, deps).catch((error: unknown) => {
    if (isTooLarge(error)) return reconcileWithoutRoom(trigger, error, deps);
    throw error;
  });
  if (!('lease' in claimed)) {
    // The result is the same if this fails, and the next attempt tries it again.
    if (claimed.result === 'busy' && trigger.isRetry === true)
      await switchOffDespiteClaim(trigger, deps).catch(() => {});
    if (claimed.result !== 'missing' || claimed.deletedIamUserName !== undefined) return claimed;
    return { ...claimed, ...(await removeSupersededUser(trigger, undefined, deps)), attribution: trigger.attribution };
  }
  return reconcileClaimed(claimed, trigger, deps);
}

/** Repeats attempts until IAM matches the record, even if the record changes in the meantime. */
async function reconcileClaimed(claimed: Claimed, trigger: Trigger, deps: ReconcileDeps): Promise<Outcome> {
  let { item, lease } = claimed;
  let forceResync = claimed.takenOver || trigger.forceResync === true;
  let before: Outcome | undefined;
  let attempt = createAttempt(item, lease, trigger, deps);
  for (let count = 0; count < maxAttempts; count += 1) {
    if (count >= attemptsWithoutPause) await deps.sleep(attemptPauseMs);
    attempt = createAttempt(item, lease, trigger, deps);
    const superseded = await removeOtherUser(attempt);
    const written = await planAndExecute(attempt, forceResync);
    if ('changedItem' in written) {
      ({ changedItem: item, lease } = written);
      forceResync = true;
      continue;
    }
    const outcome = sumUp(before, written.outcome, superseded);
    if (written.isOutdated !== true) return outcome;
    // The record was edited during the work. The call for that edit found the record claimed, so this call handles the
    // edit. If claiming fails, the outcome so far is still reported: the edit's own trigger is delivered again, but
    // this one may not be.
    const again = await claimRecord(trigger, deps).catch(() => undefined);
    if (again === undefined || !('lease' in again)) return outcome;
    before = outcome;
    ({ item, lease } = again);
    forceResync = again.takenOver;
  }
  await releaseClaim(attempt, item);
  return { result: 'busy', retryAfterSeconds: keepsChangingSeconds };
}

/** Deletes the user that an older image names. If that fails, the record itself is still handled. */
function removeOtherUser(attempt: Attempt): Promise<SesameError | undefined> {
  return removeSupersededUser(attempt.trigger, attempt.target.iamUserName, attempt.deps).then(
    () => undefined,
    toProblem,
  );
}

/** Combines the results of several attempts of one call. */
function sumUp(before: Outcome | undefined, outcome: Outcome, superseded: SesameError | undefined): Outcome {
  if (superseded !== undefined) {
    // The next attempt deletes the other user. An invalid record is reported now; a converged one is reported by the
    // next attempt.
    if (outcome.result === 'invalid') return { ...outcome, result: 'failed' };
    // If this record is deleted as well, no other trigger names that user, so this one must be retried.
    if (outcome.result === 'converged' || outcome.result === 'missing')
      return { result: 'failed', error: superseded, isNews: false };
  }
  // An invalid record isn't retried, so the earlier transition is reported with it. After a failure the next attempt
  // reports it.
  if (outcome.result === 'invalid' && hasTransition(before)) return { ...outcome, before };
  if (outcome.result !== 'converged') return outcome;
  if (!hasTransition(before)) return outcome;
  const { transition, isRepeat } = before;
  const { isRepeat: _, ...rest } = outcome;
  return { ...rest, transition, ...(isRepeat === true ? { isRepeat } : {}) };
}

function hasTransition(outcome: Outcome | undefined): outcome is Extract<Outcome, { readonly result: 'converged' }> {
  return outcome?.result === 'converged' && outcome.transition !== undefined;
}

/**
 * Releases the claim on a record that keeps changing, so that the next call need not wait for the lease to expire. The
 * state of IAM is then unknown.
 */
async function releaseClaim(attempt: Attempt, item: Item): Promise<void> {
  const { target, lease, trigger, deps } = attempt;
  const claim = {
    iam_user_name: target.iamUserName,
    at: new Date(deps.now()).toISOString(),
    ...describeHiddenKey(attempt),
  };
  const change = { set: { claim, updated_by: lease.by }, remove: 'disabled_at' in item ? ['disabled_at'] : [] };
  await deps.credentials.updateUnclaimed(trigger.username, change, { claim: item['claim'] });
}

async function planAndExecute(attempt: Attempt, forceResync: boolean): Promise<Written> {
  const work = await doWork(attempt, forceResync);
  if ('problem' in work) return recordFailure(work.attempt, work.problem, work.undone);
  // Not inside doWork's try: if this write fails, it may still have taken effect, so nothing may be undone. The claim
  // expires, and the next holder reads IAM again.
  try {
    return await writeBack(work.attempt, work.done, work.spec);
  } catch (error) {
    // This write certainly had no effect, so the work can be undone.
    if (!isTooLarge(error)) throw error;
    const { problem, undone } = await undoFailedWork(work.attempt, error, work.done.provisions, true);
    return recordFailure(work.attempt, problem, undone);
  }
}

type Failed = { readonly attempt: Attempt; readonly problem: SesameError; readonly undone: boolean };
type Work = { readonly attempt: Attempt; readonly done: ExecutePlan; readonly spec: EffectiveSpec } | Failed;

/** The progress of the work on a record. */
interface WorkState {
  attempt: Attempt;
  observed: ObservedUser;
  /** What is being created, and must be undone if it can't be finished. */
  provisions: ExecutePlan['provisions'];
  /** An earlier attempt may have created a user that the record doesn't name yet. */
  mayHaveUser: boolean;
}

async function doWork(attempt: Attempt, forceResync: boolean): Promise<Work> {
  const { record, deps } = attempt;
  const mayHaveUser = attempt.lease.mayExistSinceMs !== undefined;
  const state: WorkState = { attempt, observed: { state: 'unknown' }, provisions: undefined, mayHaveUser };
  let cleaned: { readonly leftOver: LeftOver | undefined } | undefined;
  try {
    const spec = await readEffectiveSpec(record, deps).catch(async (error: unknown) => {
      // The spec can't be fulfilled, but unfinished work must still be removed.
      if (forceResync && error instanceof InvalidRecordError)
        cleaned = { leftOver: await removeLeftovers(attempt, mayHaveUser) };
      throw error;
    });
    await takePlace(attempt, spec);
    for (;;) {
      const next = plan({
        record: state.attempt.record,
        desired: spec.desired,
        observed: state.observed,
        suspension: spec.suspension,
        forceResync,
        isFormer: isFormerArn(state.attempt.record.iamUserArn, state.attempt.target.ownership),
        iamUserCreatedAtMs: state.attempt.iamUserCreatedAtMs,
        renamedAtMs: state.attempt.progress.renamedAtMs,
        propagationSeconds: deps.settings.iamPropagationSeconds ?? IAM_PROPAGATION_SECONDS,
        nowMs: deps.now(),
        isExpiryAnnounced: attempt.trigger.isExpiryAnnounced === true,
        isPolicyEdited: attempt.trigger.isPolicyEdited === true,
        rotation: deps.settings.rotation,
      });
      const done = await perform(state, next);
      if (done !== undefined) return { attempt: state.attempt, done, spec };
    }
  } catch (error) {
    const problem = toProblem(error);
    if (cleaned !== undefined) return { attempt, ...endUndone(problem, cleaned.leftOver) };
    return undoFailedWork(state.attempt, problem, state.provisions, state.mayHaveUser);
  }
}

/**
 * Refuses a new credential beyond the deployment's limit.
 *
 * @throws SesameError `TooManyCredentials`, permanent
 */
async function takePlace({ record, lease, deps: { limit } }: Attempt, spec: EffectiveSpec): Promise<void> {
  const isNew = record.iamUserArn === undefined && lease.mayExistSinceMs === undefined;
  if (limit === undefined || !isNew || spec.desired === undefined || spec.suspension !== undefined) return;
  if (await limit.take()) return;
  throw new SesameError(
    'TooManyCredentials',
    'permanent',
    `There are as many credentials as this deployment may have: max_credentials is ${limit.most}. ` +
      `Remove credentials that nobody needs, or raise the setting; a minute later, ${enableRemedy}.`,
  );
}

/** Performs the plan's next action. Returns the plan once it has been executed; otherwise another plan is needed. */
async function perform(state: WorkState, next: Plan): Promise<ExecutePlan | undefined> {
  const { attempt } = state;
  switch (next.next) {
    case 'refuse':
      throw foreignUser(attempt.target, state.observed);
    case 'wait':
      throw iamUserNotVisible(attempt.target.iamUserName);
    case 'rename':
      state.attempt = await rename(attempt);
      state.mayHaveUser = false;
      state.observed = { state: 'unknown' };
      return undefined;
    case 'observe':
      state.observed = await observeUser(attempt, next.what);
      return undefined;
    case 'execute':
      return executePlan(state, next);
  }
}

async function executePlan(state: WorkState, next: ExecutePlan): Promise<ExecutePlan | undefined> {
  const { attempt, observed } = state;
  const { progress, target, deps } = attempt;
  state.provisions = next.provisions;
  try {
    await execute(next.stages, target, progress, deps, () => checkClaim(attempt));
  } catch (error) {
    if (error instanceof IamUserExistsError) {
      // The user already exists, so this attempt did not create it and must not undo it.
      state.provisions = undefined;
      state.mayHaveUser = true;
      state.observed = await observeExisting(attempt);
      return undefined;
    }
    const isNews = observed.state === 'unknown' && state.mayHaveUser !== true;
    if (!isNews || !(error instanceof IamUserMissingError)) throw error;
    // The record did not match IAM, so read IAM and plan again.
    state.provisions = undefined;
    state.observed = await observeUser(attempt, 'user');
    return undefined;
  }
  if (observed.state === 'present') progress.iamUserArn ??= observed.arn;
  return next;
}

/**
 * Undoes what a failed attempt created.
 *
 * @param mayHaveUser an earlier attempt may have created a user that the record doesn't name yet
 */
async function undoFailedWork(
  attempt: Attempt,
  problem: SesameError,
  provisions: ExecutePlan['provisions'],
  mayHaveUser: boolean,
): Promise<Failed> {
  const leftOver = provisions === undefined ? undefined : await undo(attempt, provisions);
  // This attempt created no user, but an earlier one may have created one with this name.
  const isHalfMade = mayHaveUser && attempt.record.iamUserArn === undefined && attempt.progress.mayHaveUser !== true;
  if (leftOver !== undefined || !isHalfMade) return { attempt, ...endUndone(problem, leftOver) };
  // The record must keep the name, or the user would never be found again. If the problem is permanent, no attempt
  // would continue with that user, so it is deleted.
  if (problem.kind !== 'permanent') return { attempt, problem, undone: false };
  return { attempt, ...endUndone(problem, await removeLeftovers(attempt, true)) };
}

/**
 * Waits briefly for a user that exists but isn't shown yet. If it stays hidden, it belongs to another owner, with a
 * name that differs only in case.
 *
 * Our role may read all of our users. If it may not read a user with a name that was generated just now, the user
 * belongs to another deployment. If the name comes from an earlier claim, the user may be ours and the read may be
 * denied only temporarily; then only its tags can decide.
 */
async function observeExisting(attempt: Attempt): Promise<ObservedUser> {
  const { deps, target, lease } = attempt;
  const foreign = foreignUserAt('');
  const isNewName = lease.mayExistSinceMs === undefined && attempt.record.iamUserArn === undefined;
  let denials = 0;
  for (const [index, delayMs] of [...existingDelaysMs, ...deniedDelaysMs].entries()) {
    if (index >= existingDelaysMs.length && denials === 0) break;
    const observed = await observeUser(attempt, 'user').catch((error: unknown): ObservedUser => {
      if (!isNewName || !isDenied(error)) throw error;
      return { state: 'unknown' };
    });
    if (observed.state === 'present') return observed;
    denials = observed.state === 'unknown' ? denials + 1 : 0;
    if (denials === decidingDenials) return foreign;
    await deps.sleep(delayMs);
  }
  const isRecent = isYoung(attempt.iamUserCreatedAtMs, deps.now(), deps.settings.iamPropagationSeconds);
  if (isRecent || attempt.record.iamUserArn !== undefined) throw iamUserNotVisible(target.iamUserName);
  return foreign;
}

/** Continues with another IAM user name, because another owner's user has this one. */
async function rename(attempt: Attempt): Promise<Attempt> {
  const renamed = await claimOtherName(attempt.trigger, attempt.lease, attempt.claimedItem, attempt.deps);
  if (renamed !== undefined) return createAttempt(renamed.item, renamed.lease, attempt.trigger, attempt.deps);
  throw claimOver('Another function works on the record now.');
}

function endUndone(
  problem: SesameError,
  leftOver: LeftOver | undefined,
): { readonly problem: SesameError; readonly undone: boolean } {
  return leftOver === undefined
    ? { problem, undone: true }
    : { problem: addLeftOver(problem, leftOver), undone: false };
}

/**
 * A slow stage may outlast the claim. The record may have changed by then, and another function may have done the work.
 */
function checkClaim({ lease, deps }: Attempt): void {
  if (deps.now() < lease.beginUntilMs) return;
  throw claimOver(
    'The claim on the record may expire before another step is finished. Sesame tries it again automatically.',
  );
}

function toProblem(error: unknown): SesameError {
  if (error instanceof IamUserMissingError) {
    return new SesameError('IamUserMissing', 'retryable', `${error.message} The next attempt looks it up again.`);
  }
  return toSesameError(error);
}
