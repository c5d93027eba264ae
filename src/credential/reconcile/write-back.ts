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

/** The outcome after a write, or the changed record if somebody changed it in the meantime. */
export type Written =
  | {
      readonly outcome: Outcome;
      /** The spec was edited during the work, so the work followed a spec that is no longer current. */
      readonly isOutdated?: boolean;
    }
  | { readonly changedItem: Item; readonly lease: Lease };

/**
 * Records the executed plan and releases the claim.
 *
 * @throws SesameError `RecordTooLarge` if the record has no room for it; nothing was written then
 */
export async function writeBack(attempt: Attempt, done: ExecutePlan, spec: EffectiveSpec): Promise<Written> {
  const { record, lease, progress, trigger, deps } = attempt;
  const reported = transitionToReport(attempt, done);
  const change = buildRecordChange({
    record,
    done,
    progress,
    nowMs: deps.now(),
    by: lease.by,
    ...(reported.transition === undefined || reported.isRepeat === true
      ? {}
      : { lastTransition: { name: reported.transition, correlationId: trigger.correlationId } }),
    spec,
    graceSeconds: deps.settings.rotation.graceSeconds,
  });
  const result = await write(attempt, change);
  if (result.item !== undefined && (result.written || isOwnWrite(result, lease.by))) {
    const outcome: Outcome = {
      result: 'converged',
      ...reported,
      item: result.item,
      ...(spec.warning === undefined ? {} : { warning: spec.warning.text }),
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
 * The transition to report. Events are delivered at least once: if this trigger already produced `last_transition`,
 * that transition is published again, because the earlier process may have died before it published it. It replaces a
 * plain `changed`, which only a forced resync causes.
 */
function transitionToReport(
  { record: { lastTransition }, trigger }: Attempt,
  { transition }: ExecutePlan,
): { readonly transition: Transition | undefined; readonly isRepeat?: true } {
  const isSameTrigger = lastTransition?.correlationId === trigger.correlationId;
  return isSameTrigger && (transition === undefined || transition === 'changed')
    ? { transition: lastTransition.name, isRepeat: true }
    : { transition };
}

/**
 * Whether the write took effect although its answer was lost: `updated_by` names this attempt, even if the record has
 * changed since.
 */
function isOwnWrite({ item }: WriteResult, by: string): boolean {
  return item?.['updated_by'] === by;
}

/** @param isLeftOver something that this attempt created may still be in IAM, so the next attempt must check */
function lostOrChanged(result: WriteResult, { lease, progress, deps }: Attempt, isLeftOver: boolean): Written {
  if (result.item === undefined) return { outcome: { result: 'missing' } };
  if (readClaim(result.item['claim'])?.by === lease.by) {
    return {
      changedItem: result.item,
      lease: isLeftOver
        ? { ...lease, mayExistSinceMs: deps.now(), mayHoldKey: progress.mayHaveKey ?? lease.mayHoldKey }
        : lease,
    };
  }
  const retryAfterSeconds = deps.settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS;
  return { outcome: { result: 'busy', retryAfterSeconds } };
}

/** A wrong edit, such as a mistyped "disabled", disables nothing. The message must say so. */
function failureMessage(record: CredentialRecord, { kind, message }: SesameError): string {
  const { accessKeyId, isToBeOff, hasBeenOff } = record;
  const text = `${message}${/[.!?]$/.test(message) ? '' : '.'}`;
  if (isToBeOff) {
    return accessKeyId === undefined
      ? message
      : `${text} The credential should be off, but may work until that is done.`;
  }
  // `disabled_at` is set only on a record that is disabled, or was and isn't active again.
  if (kind !== 'permanent' || accessKeyId === undefined || hasBeenOff) return message;
  return `${text} Until then everything stays as it was: a credential that worked before still works. To stop it, run "sesame disable NAME", or set status to "disabled".`;
}

/**
 * Records the failure and releases the claim. If an IAM user may be left over, its name is kept, so that the next
 * attempt finds it.
 */
export async function recordFailure(attempt: Attempt, problem: SesameError, undone: boolean): Promise<Written> {
  const { record, lease, trigger, deps } = attempt;
  const at = new Date(deps.now()).toISOString();
  const set: Record<string, unknown> = {
    updated_at: at,
    updated_by: lease.by,
    ...describeFailure(attempt, problem, at),
  };
  const remove: string[] = [];
  if (undone) remove.push('claim');
  else
    set['claim'] = {
      iam_user_name: attempt.target.iamUserName,
      at: keptSince(attempt, at),
      ...describeHiddenKey(attempt),
    };
  // A record must not look disabled while its keys may be Active.
  if (record.hasBeenOff && (record.isToBeOff || attempt.progress.mayHaveEnabled === true)) remove.push('disabled_at');
  // The last change removes more than it adds, so it fits. Each contains `updated_by`. Without it, the stream reader
  // would take this write for an edit, and the next attempt would create the same IAM user again, and so on.
  const kept = { updated_by: lease.by, ...(undone ? {} : { claim: set['claim'] }) };
  const shorter = describeFailureBriefly(set).map((brief) => ({ set: { ...brief, ...kept }, remove }));
  const written = await write(attempt, { set, remove }, [...shorter, { set: kept, remove }]);
  if (!written.written && !isOwnWrite(written, lease.by)) return lostOrChanged(written, attempt, !undone);
  // The same failure of another attempt isn't reported again. But a redelivered trigger is, because its report may have
  // been lost.
  const mayBeUnreported = trigger.isRetry !== true && record.failureCorrelationId === trigger.correlationId;
  const hasFailed = record.status === 'failed' || (record.isToBeOff && record.failureCode !== undefined);
  const isNews = !hasFailed || record.failureCode !== problem.code || mayBeUnreported;
  // Whatever is left over must be removed by the next attempt, even if the record itself waits for an edit.
  const result = problem.kind === 'permanent' && undone ? 'invalid' : 'failed';
  const item = written.item === undefined ? {} : { item: written.item };
  const outcome: Outcome = { result, error: problem, isNews, ...item };
  return { outcome, isOutdated: written.item !== undefined && isSpecChanged(record.item, written.item) };
}

/**
 * An attempt that only read IAM must not make the user look newer. Otherwise the user would never be old enough to
 * count as missing.
 */
function keptSince({ lease, progress }: Attempt, at: string): string {
  return lease.mayExistSinceMs === undefined || progress.mayHaveUser === true
    ? at
    : new Date(lease.mayExistSinceMs).toISOString();
}

/** Notes, with the kept name, that the user may have a key that IAM doesn't list yet. */
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
  const isOngoing = record.status === 'failed' || isToBeOff;
  const before = record.item['failure'] as Item | undefined;
  const since = isOngoing && record.failureCode !== undefined ? (before?.['since'] ?? before?.['at'] ?? at) : at;
  return {
    // A credential that should be off keeps the status "disabled", because the administrator requested it. `failure`
    // says that it isn't done yet.
    status: isToBeOff ? 'disabled' : 'failed',
    failure: {
      code: problem.code,
      message: failureMessage(record, problem),
      at,
      since,
      attempts: (isOngoing ? record.failureAttempts : 0) + 1,
      correlation_id: trigger.correlationId,
      // Must be stored if the record doesn't show it otherwise, or every caller would retry.
      ...(problem.kind === 'permanent' && !(problem instanceof InvalidRecordError) ? { permanent: true } : {}),
      // Kept until it is done, or until an administrator writes `pending`: see `isToBeOff`.
      ...(isToBeOff ? { wish: 'disabled' } : {}),
    },
  };
}

/**
 * The same attributes for a record with hardly any room, from the longest to the shortest: the failure's code and what
 * decisions depend on, then only the status.
 */
export function describeFailureBriefly({ status, failure }: Record<string, unknown>): Record<string, unknown>[] {
  const { code, permanent, wish } = failure as Item;
  const brief = { code, ...(permanent === undefined ? {} : { permanent }), ...(wish === undefined ? {} : { wish }) };
  return [{ status, failure: brief }, { status }];
}
