import { SesameError } from '../../credential/errors.ts';
import { readRecord } from '../../credential/record.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import { buildSuspensionEnd } from '../../sending/suspension.ts';
import { describeError, type OutcomeReport, toSesameError } from '../outcome-report.ts';
import type { FeedbackDeps } from './handler.ts';

/**
 * Ends the suspensions whose time is over: the record becomes `pending`, and the table's stream lets reconcile make the keys work
 * again. A suspension that somebody ended or replaced is left alone.
 *
 * @throws SesameError when one of them couldn't be ended; the next run tries again
 */
export async function endSuspensions(correlationId: string, report: OutcomeReport, deps: FeedbackDeps): Promise<void> {
  let failed = 0;
  const due = await deps.ends.listDue(deps.now());
  for (const { username, untilMs } of due) {
    try {
      await endSuspension(username, correlationId, report, deps);
      await deps.ends.forget(username, untilMs);
    } catch (error) {
      failed += 1;
      deps.observability.log('error', logMessages.suspensionNotEnded, {
        correlation_id: correlationId,
        username,
        ...describeError(toSesameError(error)),
      });
    }
  }
  if (failed === 0) return;
  throw new SesameError(
    'SuspensionsNotEnded',
    'retryable',
    `${failed} of ${due.length} suspensions could not be ended.`,
  );
}

async function endSuspension(
  username: string,
  correlationId: string,
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const item = await deps.credentials.read(username);
  if (item === undefined) return;
  const end = buildSuspensionEnd(readRecord(username, item), deps.now());
  if (end === undefined) return;
  const { written } = await deps.credentials.note(username, end.change, end.condition);
  if (!written)
    throw new SesameError('RecordChanged', 'conflict', 'The record changed meanwhile. It is looked at again.');
  deps.observability.count(metrics.suspensionsEnded);
  deps.observability.log('info', logMessages.suspensionEnded, { correlation_id: correlationId, username });
  const reason = 'The time of its suspension is over; it may send again.';
  await deps.alerts.tell({
    username,
    code: 'SuspensionEnded',
    subject: `${username} may send again`,
    evidence: reason,
    correlationId,
  });
  report.addEvent({
    type: 'suspension ended',
    detail: {
      table: deps.table,
      username,
      at: new Date(deps.now()).toISOString(),
      correlation_id: correlationId,
      status: 'pending',
      reason,
    },
  });
}
