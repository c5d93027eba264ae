import { CLAIM_LEASE_SECONDS, type Held } from './claim.ts';
import { undoLost } from './clean-up.ts';
import type { WriteResult } from './credential-table.ts';
import { InvalidRecordError, type SesameError } from './errors.ts';
import type { ExecutePlan } from './plan.ts';
import type { Outcome, ReconcileDeps } from './reconcile.ts';
import { type CredentialRecord, type Item, readClaim } from './record.ts';
import { buildRecordChange } from './record-write.ts';
import type { Run } from './run.ts';
import type { Transition } from './transition.ts';
import type { Wishes } from './wishes.ts';

/** What a write ends with: the outcome, or the record as somebody changed it meanwhile. */
export type Written = Outcome | { readonly changedItem: Item };

/** Writes down what was done, and gives the claim back. */
export async function writeBack(run: Run, done: ExecutePlan, wishes: Wishes): Promise<Written> {
  const { record, held, made, trigger, deps } = run;
  const told = whatToTell(run, done);
  const change = buildRecordChange({
    record,
    done,
    made,
    nowMs: deps.now(),
    by: held.by,
    ...(told.transition === undefined || told.isRepeat === true
      ? {}
      : { lastTransition: { name: told.transition, correlationId: trigger.correlationId } }),
    wishes,
    graceSeconds: deps.settings.rotation.graceSeconds,
  });
  const result = await deps.credentials.write(trigger.username, change, { by: held.by, status: record.rawStatus });
  if (result.item !== undefined && (result.written || isOwnWrite(result, held.by))) {
    return {
      result: 'settled',
      ...told,
      item: result.item,
      ...(wishes.warning === undefined ? {} : { warning: wishes.warning }),
    };
  }
  if (done.provisions !== undefined) await undoLost(run, done.provisions, result.item);
  return lostOrChanged(result, held, deps);
}

/**
 * A trigger that comes again finds that it was served already. The process that served it may have ended before it could
 * tell anybody, so it is told again: listeners may hear of a change twice, and never of none. A policy that is only put anew, out
 * of distrust, says less than what the trigger brought about.
 */
function whatToTell(
  { record: { lastTransition }, trigger }: Run,
  { transition }: ExecutePlan,
): { readonly transition: Transition | undefined; readonly isRepeat?: true } {
  const isAgain = lastTransition?.correlationId === trigger.correlationId;
  return isAgain && (transition === undefined || transition === 'changed')
    ? { transition: lastTransition.name, isRepeat: true }
    : { transition };
}

/** The write took effect although its answer was lost: the record is signed by this run, whatever anybody has changed since. */
function isOwnWrite({ item }: WriteResult, by: string): boolean {
  return item?.['updated_by'] === by;
}

function lostOrChanged(result: WriteResult, held: Held, deps: ReconcileDeps): Written {
  if (result.item === undefined) return { result: 'missing' };
  if (readClaim(result.item['claim'])?.by === held.by) return { changedItem: result.item };
  return { result: 'busy', retryAfterSeconds: deps.settings.claimLeaseSeconds ?? CLAIM_LEASE_SECONDS };
}

/** A wrong edit, a mistyped "disabled" for one, stops nobody: the record has to say so. */
function tellFailure({ accessKeyId, status, item }: CredentialRecord, { kind, message }: SesameError): string {
  // Only what is disabled, or was and isn't active again, has `disabled_at`.
  const mayWork = accessKeyId !== undefined && status !== 'disabled' && item['disabled_at'] === undefined;
  if (kind !== 'permanent' || !mayWork) return message;
  const end = /[.!?]$/.test(message) ? '' : '.';
  return `${message}${end} Until then everything stays as it was: a credential that worked before still works. To stop it, set status to "disabled".`;
}

/** Writes down what went wrong, and gives the claim back; an IAM user that may be left over keeps its name. */
export async function recordFailure(run: Run, problem: SesameError, undone: boolean): Promise<Written> {
  const { record, held, trigger, deps } = run;
  const at = new Date(deps.now()).toISOString();
  const set: Record<string, unknown> = {
    updated_at: at,
    updated_by: held.by,
    failure: {
      code: problem.code,
      message: tellFailure(record, problem),
      at,
      attempts: (record.status === 'failed' ? record.failureAttempts : 0) + 1,
      correlation_id: trigger.correlationId,
      // What the record's own text doesn't show must be said, or everybody would try again.
      ...(problem.kind === 'permanent' && !(problem instanceof InvalidRecordError) ? { permanent: true } : {}),
    },
  };
  // A disabled record stays disabled: that is what the administrator wants, whether or not it worked yet.
  if (record.status !== 'disabled') set['status'] = 'failed';
  // An IAM user that may be left over keeps its name on the record, so that the next try finds it.
  if (!undone) set['claim'] = { iam_user_name: run.target.iamUserName, at };
  const result = await deps.credentials.write(
    trigger.username,
    { set, remove: undone ? ['claim'] : [] },
    { by: held.by, status: record.rawStatus },
  );
  if (!result.written && !isOwnWrite(result, held.by)) return lostOrChanged(result, held, deps);
  // The same failure again, at another try, is no news to anybody; a trigger that comes again is told again.
  const isUntold = trigger.isRetry !== true && record.failureCorrelationId === trigger.correlationId;
  const isNews = record.status !== 'failed' || record.failureCode !== problem.code || isUntold;
  return { result: problem.kind === 'permanent' ? 'invalid' : 'failed', error: problem, isNews };
}
