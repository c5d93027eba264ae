import type { OutcomeReport } from '../../admin/outcome-report.ts';
import type { Item } from '../../credential/credential-table.ts';
import { SesameError, toSesameError } from '../../credential/errors.ts';
import type { Outcome, Trigger } from '../../credential/reconcile/contract.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { isConverged } from '../../credential/record/is-converged.ts';
import { readRecord } from '../../credential/record/record.ts';
import { RECORD_BUSY } from '../../dead-letter/dead-letter.ts';
import { type AttemptResult, type RedriveSettings, toAttemptResult } from '../../dead-letter/redrive.ts';
import { clearLoginProof, requestVerificationOfEdit } from '../runtime/edited-password.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import type { DlqProcessorDeps } from './deps.ts';

/** How many users are processed in parallel. */
export const CONCURRENCY = 10;

/** Reconciles one username. Never throws: every outcome is reported and returned as an attempt's result. */
export async function reconcileSafely(
  about: Trigger,
  report: OutcomeReport,
  deps: DlqProcessorDeps,
  passwordEdited = false,
): Promise<AttemptResult> {
  const { credentials } = deps.reconcileDeps;
  const forgotten = passwordEdited ? await clearLoginProof(about, credentials).catch(toSesameError) : undefined;
  if (forgotten instanceof SesameError) return { result: 'failed', error: forgotten };
  const outcome = await reconcile(about, deps.reconcileDeps).catch(
    (error: unknown): Outcome => ({ result: 'failed', error: toSesameError(error) }),
  );
  report.add(outcome, about);
  if (passwordEdited) requestVerificationOfEdit(about, outcome, report, deps);
  return toAttemptResult(
    outcome,
    new SesameError(RECORD_BUSY, 'conflict', `Another function was working on the record of ${about.username}.`),
  );
}

/** What is known from messages that do not name a record. */
export interface LostWork {
  readonly correlationId: string;
  /** When the oldest record that they may refer to was written, epoch milliseconds; undefined if they do not say. */
  readonly writtenAtMs: number | undefined;
}

/**
 * Reconciles every unconverged record, because Lambda's own failure messages do not name the records. Progress is kept,
 * so a run that must stop early continues at the next attempt.
 *
 * @param hasTime false when no further record should be begun
 */
export async function reconcileUnconverged(
  { correlationId, writtenAtMs }: LostWork,
  report: OutcomeReport,
  hasTime: () => boolean,
  deps: DlqProcessorDeps,
): Promise<AttemptResult> {
  const { credentials, settings } = deps.reconcileDeps;
  const results: AttemptResult[] = [];
  try {
    for await (const page of credentials.list()) {
      const unconverged = page.filter(({ username, item }) => !isConverged(readRecord(username, item), settings.scope));
      await forEachBounded(unconverged, CONCURRENCY, async ({ username, item }) => {
        if (!hasTime()) return void results.push(outOfTime());
        const result = await reconcileSafely({ username, correlationId, isRetry: true }, report, deps);
        if (!isStuck(result, item, deps.redrive, writtenAtMs)) results.push(result);
      });
    }
  } catch (error) {
    return { result: 'failed', error: toSesameError(error) };
  }
  return sumUp(results);
}

/**
 * Whether the record has failed the same way for so long that its own dead letter is parked. The sweep or the schedule
 * still retries it, so a message about other work must not wait for it and be parked as well. A record that began to
 * fail after a lost batch was written may have been in that batch. It then has no dead letter of its own, so it is not
 * stuck.
 */
function isStuck(
  attempt: AttemptResult,
  before: Item,
  { maxAttempts }: RedriveSettings,
  writtenAtMs = Infinity,
): boolean {
  const { status, hasUnfinishedDisable, failureCode, failureAttempts, failureSinceMs = 0 } = readRecord('', before);
  const isSame =
    attempt.result === 'failed' && (status === 'failed' || hasUnfinishedDisable) && failureCode === attempt.error.code;
  return isSame && failureAttempts >= maxAttempts && failureSinceMs < writtenAtMs;
}

/** The result of work that must wait for another invocation. */
export function outOfTime(): AttemptResult {
  const message = 'Time ran out before all records were handled. The next attempt continues.';
  return { result: 'busy', retryAfterSeconds: 1, error: new SesameError('OutOfTime', 'conflict', message) };
}

/** The worst result counts. */
function sumUp(results: readonly AttemptResult[]): AttemptResult {
  const failed = results.filter((each) => each.result === 'failed');
  const [first] = failed;
  if (first !== undefined) {
    const { code, kind, message } = first.error;
    const more = failed.length === 1 ? '' : ` ${failed.length - 1} more records failed.`;
    return { result: 'failed', error: new SesameError(code, kind, `${message}${more}`, { cause: first.error }) };
  }
  const busy = results.filter((each) => each.result === 'busy');
  return busy.reduce<AttemptResult>(
    (longest, each) =>
      longest.result === 'busy' && longest.retryAfterSeconds >= each.retryAfterSeconds ? longest : each,
    { result: 'done' },
  );
}
