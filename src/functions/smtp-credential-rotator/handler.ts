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

/** How many users are worked on side by side. */
const CONCURRENCY = 5;

/** What a run did. */
interface Tally {
  due: number;
  failed: number;
  /** Of these failures no record tells. */
  unrecorded: number;
  /** It ended before it had looked at these. */
  unseen: number;
}

/**
 * The schedule's handler: one reconcile for each record whose rotation has something to do now. What fails stands on its record, and the
 * next run tries it again; the run itself fails only for what no record tells.
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
      // What waits for an administrator's edit isn't tried again.
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
