import type { Item, RecordChange, WriteResult } from '../credential-table.ts';
import { InvalidRecordError, type SesameError } from '../errors.ts';
import type { EffectiveSpec } from '../record/effective-spec.ts';
import { writeMakingRoom } from '../record/make-room.ts';
import { type CredentialRecord, readClaim } from '../record/record.ts';
import type { Transition } from '../transition.ts';
import type { Attempt } from './attempt.ts';
import type { Outcome } from './contract.ts';
import { CLAIM_LEASE_SECONDS, type Lease } from './lease.ts';
import type { ExecutePlan } from './plan-types.ts';
import { buildRecordChange } from './record-write.ts';
import { isSpecChanged } from './triggers.ts';
import { undoLost } from './undo.ts';

/** The result of a write: the outcome, or the record as it was changed meanwhile. */
export type Written =
  | {
      readonly outcome: Outcome;
      /** The spec was edited during the work, so the work was done for a spec that is no longer wanted. */
      readonly isOutdated?: boolean;
    }
  | { readonly changedItem: Item; readonly held: Lease };

/**
 * Writes down what was done, and gives the claim back.
 *
 * @throws SesameError `RecordTooLarge` when the record has no room for it: then nothing was written
 */
export async function writeBack(attempt: Attempt, done: ExecutePlan, spec: EffectiveSpec): Promise<Written> {
  const { record, lease, progress, trigger, deps } = attempt;
  const told = transitionToReport(attempt, done);
  const change = buildRecordChange({
    record,
    done,
    progress,
    nowMs: deps.now(),
    by: lease.by,
    ...(told.transition === undefined || told.isRepeat === true
      ? {}
      : { lastTransition: { name: told.transition, correlationId: trigger.correlationId } }),
    spec,
    graceSeconds: deps.settings.rotation.graceSeconds,
  });
  const result = await write(attempt, change);
  if (result.item !== undefined && (result.written || isOwnWrite(result, lease.by))) {
    const outcome: Outcome = {
      result: 'converged',
      ...told,
      item: result.item,
      ...(spec.warning === undefined ? {} : { warning: spec.warning }),
    };
    return { outcome, isOutdated: isSpecChanged(record.item, result.item) };
  }
  const leftOver = done.provisions === undefined ? undefined : await undoLost(attempt, done.provisions, result.item);
  return lostOrChanged(result, attempt, leftOver !== undefined);
}

function write(
  { record, lease, trigger, deps }: Attempt,
  change: RecordChange,
  shorter?: readonly RecordChange[],
): Promise<WriteResult> {
  return writeMakingRoom(
    (attempt) => deps.credentials.write(trigger.username, attempt, { by: lease.by, status: record.rawStatus }),
    change,
    record.item,
    shorter,
  );
}

/**
 * Events are delivered at least once: if this trigger already produced `last_transition`, that transition is published again, because the earlier
 * process may have died before it published. It outranks a plain `changed` that a forced resync brought about.
 */
function transitionToReport(
  { record: { lastTransition }, trigger }: Attempt,
  { transition }: ExecutePlan,
): { readonly transition: Transition | undefined; readonly isRepeat?: true } {
  const isAgain = lastTransition?.correlationId === trigger.correlationId;
  return isAgain && (transition === undefined || transition === 'changed')
    ? { transition: lastTransition.name, isRepeat: true }
    : { transition };
}

/** The write took effect although its answer was lost: the record has this attempt's signature, whatever has changed since. */
function isOwnWrite({ item }: WriteResult, by: string): boolean {
  return item?.['updated_by'] === by;
}

/** @param isLeftOver something that this attempt made in IAM may still be there: the next one must check */
function lostOrChanged(result: WriteResult, { lease, progress, deps }: Attempt, isLeftOver: boolean): Written {
  if (result.item === undefined) return { outcome: { result: 'missing' } };
  if (readClaim(result.item['claim'])?.by === lease.by) {
    return {
      changedItem: result.item,
      held: isLeftOver
        ? { ...lease, mayExistSinceMs: deps.now(), mayHoldKey: progress.mayHaveKey ?? lease.mayHoldKey }
        : lease,
    };
  }
  const retryAfterSeconds = deps.settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS;
  return { outcome: { result: 'busy', retryAfterSeconds } };
}

/** A wrong edit, a mistyped "disabled" for one, stops nobody: the record has to say so. */
function tellFailure(record: CredentialRecord, { kind, message }: SesameError): string {
  const { accessKeyId, isToBeOff, hasBeenOff } = record;
  const text = `${message}${/[.!?]$/.test(message) ? '' : '.'}`;
  if (isToBeOff) {
    return accessKeyId === undefined
      ? message
      : `${text} The credential is to be off, and may work until that is done.`;
  }
  // Only what is disabled, or was and isn't active again, has `disabled_at`.
  if (kind !== 'permanent' || accessKeyId === undefined || hasBeenOff) return message;
  return `${text} Until then everything stays as it was: a credential that worked before still works. To stop it, set status to "disabled".`;
}

/** Writes down what went wrong, and gives the claim back; an IAM user that may be left over keeps its name. */
export async function recordFailure(attempt: Attempt, problem: SesameError, undone: boolean): Promise<Written> {
  const { record, lease, trigger, deps } = attempt;
  const at = new Date(deps.now()).toISOString();
  const set: Record<string, unknown> = {
    updated_at: at,
    updated_by: lease.by,
    ...describeFailure(attempt, problem, at),
  };
  const remove: string[] = [];
  // An IAM user that may be left over keeps its name on the record, so that the next attempt finds it.
  if (undone) remove.push('claim');
  else
    set['claim'] = {
      iam_user_name: attempt.target.iamUserName,
      at: keptSince(attempt, at),
      ...describeHiddenKey(attempt),
    };
  // Nothing calls off what may be on.
  if (record.hasBeenOff && (record.isToBeOff || attempt.progress.mayHaveEnabled === true)) remove.push('disabled_at');
  // Without the claim it is smaller than before, so the last one fits. Each is signed, or the stream would bring this write back as
  // somebody's edit, and the next run would make the same IAM user, and so on.
  const kept = { updated_by: lease.by, ...(undone ? {} : { claim: set['claim'] }) };
  const shorter = describeFailureBriefly(set).map((brief) => ({ set: { ...brief, ...kept }, remove }));
  const written = await write(attempt, { set, remove }, [...shorter, { set: kept, remove }]);
  if (!written.written && !isOwnWrite(written, lease.by)) return lostOrChanged(written, attempt, !undone);
  // The same failure at another attempt isn't news. But a trigger that comes again is reported again.
  const isUntold = trigger.isRetry !== true && record.failureCorrelationId === trigger.correlationId;
  const hasFailed = record.status === 'failed' || (record.isToBeOff && record.failureCode !== undefined);
  const isNews = !hasFailed || record.failureCode !== problem.code || isUntold;
  // The next attempt removes what is left over, even if the record itself waits for an edit.
  const result = problem.kind === 'permanent' && undone ? 'invalid' : 'failed';
  const item = written.item === undefined ? {} : { item: written.item };
  const outcome: Outcome = { result, error: problem, isNews, ...item };
  return { outcome, isOutdated: written.item !== undefined && isSpecChanged(record.item, written.item) };
}

/** An attempt that only read must not make a user look newer: it would never be old enough to be called missing. */
function keptSince({ lease, progress }: Attempt, at: string): string {
  return lease.mayExistSinceMs === undefined || progress.mayHaveUser === true
    ? at
    : new Date(lease.mayExistSinceMs).toISOString();
}

/** Tells the next attempt, with the kept name, that the user may have a key which IAM doesn't list yet. */
export function describeHiddenKey({ lease, progress }: Attempt): { readonly may_hold_key?: true } {
  return (progress.mayHaveKey ?? lease.mayHoldKey) === true ? { may_hold_key: true } : {};
}

/** The attributes `status` and `failure`. */
export function describeFailure(
  { record, trigger }: Attempt,
  problem: SesameError,
  at: string,
): Record<string, unknown> {
  const { isToBeOff } = record;
  const goesOn = record.status === 'failed' || isToBeOff;
  const before = record.item['failure'] as Item | undefined;
  const since = goesOn && record.failureCode !== undefined ? (before?.['since'] ?? before?.['at'] ?? at) : at;
  return {
    // What is to be off stays so: that is what the administrator wants, whether or not it worked yet.
    status: isToBeOff ? 'disabled' : 'failed',
    failure: {
      code: problem.code,
      message: tellFailure(record, problem),
      at,
      since,
      attempts: (goesOn ? record.failureAttempts : 0) + 1,
      correlation_id: trigger.correlationId,
      // What the record itself doesn't show must be said, or every caller would try again.
      ...(problem.kind === 'permanent' && !(problem instanceof InvalidRecordError) ? { permanent: true } : {}),
      // Until it is done, or an administrator writes `pending`: see `isToBeOff`.
      ...(isToBeOff ? { wish: 'disabled' } : {}),
    },
  };
}

/** The same attributes for a record with hardly any room: the failure's code, and what decides something; at last the status alone. */
export function describeFailureBriefly({ status, failure }: Record<string, unknown>): Record<string, unknown>[] {
  const { code, permanent, wish } = failure as Item;
  const brief = { code, ...(permanent === undefined ? {} : { permanent }), ...(wish === undefined ? {} : { wish }) };
  return [{ status, failure: brief }, { status }];
}
