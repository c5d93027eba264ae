import { createOutcomeReport, type OutcomeReport } from '../../admin/outcome-report.ts';
import { SesameError, toSesameError } from '../../credential/errors.ts';
import type { Outcome } from '../../credential/reconcile/contract.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { isConverged } from '../../credential/record/is-converged.ts';
import { readRecord } from '../../credential/record/record.ts';
import { rotationPhase } from '../../credential/record/rotation.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { rememberUnpublished } from '../runtime/remember-unpublished.ts';
import {
  createScheduledRun,
  type InvocationContext,
  type ScheduledEvent,
  type ScheduledRun,
} from '../runtime/scheduled-run.ts';
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
 * The schedule's handler: one reconcile for each record whose rotation is due for its next step. A failure is written
 * on its record and retried by the next run. The run itself fails only for failures that no record shows.
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

async function rotateAll(run: ScheduledRun, report: OutcomeReport, tally: Tally, deps: RotatorDeps): Promise<void> {
  const { credentials, settings } = deps.reconcileDeps;
  for await (const page of credentials.list()) {
    const due = page.filter(({ username, item }) => {
      const record = readRecord(username, item);
      // Records that wait for an administrator's edit are not retried.
      if (record.status === 'failed' && isConverged(record, settings.scope)) return false;
      const phase = rotationPhase(record, deps.now(), settings.rotation);
      return phase !== 'none' && phase !== 'wait';
    });
    tally.due += due.length;
    await forEachBounded(due, CONCURRENCY, async ({ username }) => {
      if (!run.hasTime()) {
        tally.unseen += 1;
        return;
      }
      const about = { username, correlationId: run.correlationId };
      const outcome = await reconcile(about, deps.reconcileDeps).catch((error: unknown): Outcome => {
        tally.unrecorded += 1;
        return { result: 'failed', error: toSesameError(error) };
      });
      report.add(outcome, about);
      if (outcome.result === 'failed') tally.failed += 1;
    });
  }
}
