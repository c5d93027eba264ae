import { createOutcomeReport, type OutcomeReport } from '../../admin/outcome-report.ts';
import { SesameError, toSesameError } from '../../credential/errors.ts';
import type { Outcome } from '../../credential/reconcile/contract.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { type ExpiryPhase, expiryPhase } from '../../credential/record/expiry.ts';
import { isConverged } from '../../credential/record/is-converged.ts';
import { type CredentialRecord, readRecord } from '../../credential/record/record.ts';
import { rotationPhase } from '../../credential/record/rotation.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { rememberUnpublished } from '../runtime/remember-unpublished.ts';
import {
  createScheduledRun,
  type InvocationContext,
  type ScheduledEvent,
  type ScheduledRun,
} from '../runtime/scheduled-run.ts';
import { alertExpiry } from './alert-expiry.ts';
import type { RotatorDeps } from './deps.ts';

/** How many users are processed in parallel. */
const CONCURRENCY = 5;

/** The counts of a run, as they are logged. */
interface Tally {
  due: number;
  failed: number;
  /** Failures that could not be written on their records. */
  unrecorded: number;
  /** Records that the run had no time for. */
  unseen: number;
}

/**
 * The schedule's handler: one reconcile for each record whose rotation is due for its next step, or whose expiry must be announced or
 * applied. A failure is written on its record and retried by the next run. The run itself fails only for failures that no record shows.
 */
export function createHandler(
  deps: RotatorDeps,
): (event: ScheduledEvent | null | undefined, context: InvocationContext) => Promise<void> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const run = createScheduledRun(event, context);
      const { observability } = deps;
      const report = createOutcomeReport({ ...deps, table: deps.reconcileDeps.settings.table });
      const tally: Tally = { due: 0, failed: 0, unrecorded: 0, unseen: 0 };
      try {
        await rotateAll(run, report, tally, deps);
        observability.log(tally.unseen === 0 ? 'info' : 'warn', logMessages.rotationRunDone, {
          correlation_id: run.correlationId,
          ...tally,
        });
        if (tally.unseen > 0) observability.count(metrics.runsCutShort);
      } finally {
        await report.close((unpublished) => rememberUnpublished(unpublished, deps));
      }
      if (tally.unrecorded === 0) return;
      throw new SesameError(
        'RotationsFailed',
        'retryable',
        `${tally.unrecorded} of ${tally.due} rotations failed and could not say so on their records. The log says why.`,
      );
    });
}

/** The step that a record's `valid_until` requires now. A credential that should be off does not expire. */
function dueExpiry(record: CredentialRecord, { reconcileDeps: { settings }, now }: RotatorDeps): ExpiryPhase {
  if (record.isToBeOff) return { phase: 'none' };
  const expiry = expiryPhase(record, now(), settings.rotation.daySeconds);
  return expiry.phase === 'announce' && record.status !== 'active' ? { phase: 'none' } : expiry;
}

function isRotationDue(record: CredentialRecord, { reconcileDeps: { settings }, now }: RotatorDeps): boolean {
  // Records that wait for an administrator's edit are not retried.
  if (record.status === 'failed' && isConverged(record, settings.scope)) return false;
  const phase = rotationPhase(record, now(), settings.rotation);
  return phase !== 'none' && phase !== 'wait';
}

async function rotateAll(run: ScheduledRun, report: OutcomeReport, tally: Tally, deps: RotatorDeps): Promise<void> {
  const { credentials } = deps.reconcileDeps;
  for await (const page of credentials.list()) {
    const due = page.flatMap(({ username, item }) => {
      const record = readRecord(username, item);
      const work = { username, expiry: dueExpiry(record, deps), isRotationDue: isRotationDue(record, deps) };
      return work.expiry.phase === 'none' && !work.isRotationDue ? [] : [work];
    });
    tally.due += due.length;
    await forEachBounded(due, CONCURRENCY, async ({ username, expiry, isRotationDue: isDue }) => {
      if (!run.hasTime()) {
        tally.unseen += 1;
        return;
      }
      const about = { username, correlationId: run.correlationId };
      const isAlerted = await alertExpiry(expiry, about, deps.alerts);
      const isExpiryAnnounced = isAlerted && expiry.phase === 'announce';
      // A notice is recorded only after its alert was sent. Disabling never waits for the alert.
      if (!isAlerted && expiry.phase === 'announce' && !isDue) {
        tally.failed += 1;
        return;
      }
      const trigger = { ...about, ...(isExpiryAnnounced ? { isExpiryAnnounced } : {}) };
      const outcome = await reconcile(trigger, deps.reconcileDeps).catch((error: unknown): Outcome => {
        tally.unrecorded += 1;
        return { result: 'failed', error: toSesameError(error) };
      });
      report.add(outcome, about);
      if (outcome.result === 'failed') tally.failed += 1;
    });
  }
}
