import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { createOutcomeReport, type OutcomeReport, unpublishedError } from '../../admin/outcome-report.ts';
import { describeError, SesameError, toSesameError } from '../../credential/errors.ts';
import type { Outcome } from '../../credential/reconcile/contract.ts';
import { reconcile } from '../../credential/reconcile/reconcile.ts';
import { buildDeadLetter, FIRST_BUSY_DELAY_SECONDS, RECORD_BUSY } from '../../dead-letter/dead-letter.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import { clearLoginProof, requestVerificationOfEdit } from '../runtime/edited-password.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { createHasTime, type TimedContext } from '../runtime/time-left.ts';
import type { ManagerDeps } from './deps.ts';
import { groupByUser, type WorkItem } from './work-item.ts';

/** How many users are processed in parallel. */
const CONCURRENCY = 10;
/**
 * Remaining milliseconds that starting another user requires. One user may take that long, with throttling and retries.
 */
const reserveMs = 15_000;

/**
 * The stream's handler: one reconcile per user whose record somebody else changed. Records for which there is no time
 * are reported as failed, so that Lambda continues there.
 */
export function createHandler(
  deps: ManagerDeps,
): (event: DynamoDBStreamEvent, context?: TimedContext) => Promise<DynamoDBBatchResponse> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const toRedeliver = new Set<DynamoDBRecord>();
      const { table } = deps.reconcileDeps.settings;
      const report = createOutcomeReport({ ...deps, table });
      const hasTime = createHasTime(context, reserveMs);
      const users = groupByUser(event.Records);
      const redeliver = (workItem: WorkItem) => {
        for (const record of workItem.records) toRedeliver.add(record);
      };
      let postponed = 0;
      await forEachBounded(users, CONCURRENCY, async (workItems) => {
        for (const workItem of workItems) {
          if (!hasTime()) postponed += 1;
          else if (await processWorkItem(workItem, report, deps)) continue;
          redeliver(workItem);
        }
      });
      if (postponed > 0) deps.observability.log('warn', logMessages.workPostponed, { work_items: postponed });
      await report.close(async (unpublished) => {
        const workItems = users.flat().filter(({ trigger, correlationId }) => {
          return unpublished.has({ username: trigger.username, correlationId });
        });
        await forEachBounded(workItems, CONCURRENCY, async (workItem) => {
          if (!(await sendDeadLetter(workItem, unpublishedError, 0, deps))) redeliver(workItem);
        });
      });
      // In the stream's order: Lambda delivers everything again from the lowest failed sequence number on.
      return { batchItemFailures: event.Records.filter((record) => toRedeliver.has(record)).map(toFailure) };
    });
}

/** Returns false if only Lambda's own retry can make sure that the work is done. */
async function processWorkItem(workItem: WorkItem, report: OutcomeReport, deps: ManagerDeps): Promise<boolean> {
  const { trigger, correlationId, disabledForGood, editedPassword } = workItem;
  const about = { username: trigger.username, correlationId };
  if (disabledForGood !== undefined) {
    const { change, condition } = disabledForGood;
    const updated = await deps.reconcileDeps.credentials
      .updateUnclaimed(about.username, change, condition)
      .catch(toSesameError);
    // A dead letter is retried without the images that show this edit, but Lambda's own retry delivers them again.
    if (updated instanceof SesameError) {
      deps.observability.log('error', logMessages.editNotNoted, {
        correlation_id: correlationId,
        username: trigger.username,
        ...describeError(updated),
      });
      return false;
    }
  }
  const edited = { ...about, encryptedPassword: editedPassword };
  if (editedPassword !== undefined) {
    const cleared = await clearLoginProof(edited, deps.reconcileDeps.credentials).catch(toSesameError);
    if (cleared instanceof SesameError) return sendDeadLetter(workItem, cleared, 0, deps);
  }
  const outcome = await reconcile({ ...trigger, correlationId }, deps.reconcileDeps).catch(
    (error: unknown): Outcome => ({ result: 'failed', error: toSesameError(error) }),
  );
  report.add(outcome, about);
  if (outcome.result === 'converged' && outcome.transition === 'activated' && outcome.isRepeat !== true) {
    measureLatency(workItem, deps);
  }
  const error = errorToRetry(outcome);
  if (error !== undefined) {
    return sendDeadLetter(
      workItem,
      error,
      outcome.result === 'busy' ? Math.min(outcome.retryAfterSeconds, FIRST_BUSY_DELAY_SECONDS) : 0,
      deps,
    );
  }
  if (editedPassword !== undefined) requestVerificationOfEdit(edited, outcome, report, deps);
  return true;
}

/** Sends a dead letter. Returns false if it could not be sent. */
async function sendDeadLetter(
  workItem: WorkItem,
  error: SesameError,
  delaySeconds: number,
  deps: ManagerDeps,
): Promise<boolean> {
  const { trigger, deadLetterRecord: record, correlationId, editedPassword } = workItem;
  const deadLetter = buildDeadLetter({
    streamRecord: record as Parameters<typeof buildDeadLetter>[0]['streamRecord'],
    error,
    retryCount: 0,
    forceResync: trigger.forceResync === true || trigger.isPolicyEdited === true,
    passwordEdited: editedPassword !== undefined,
    nowMs: deps.now(),
    correlationId,
  });
  try {
    await deps.deadLetters.send(deadLetter, delaySeconds);
    deps.observability.count(metrics.deadLetters);
    return true;
  } catch (problem) {
    deps.observability.log('error', logMessages.deadLetterFailed, {
      correlation_id: correlationId,
      username: trigger.username,
      ...describeError(toSesameError(problem)),
    });
    return false;
  }
}

/** The error of work that must be retried through the dead-letter queue. */
function errorToRetry(outcome: Outcome): SesameError | undefined {
  if (outcome.result === 'failed') return outcome.error;
  if (outcome.result === 'busy') {
    return new SesameError(
      RECORD_BUSY,
      'conflict',
      'Another function was working on the record. Sesame handles it again automatically.',
    );
  }
  return undefined;
}

function measureLatency({ records }: WorkItem, deps: ManagerDeps): void {
  const sinceSeconds = records[0]?.dynamodb?.ApproximateCreationDateTime;
  if (sinceSeconds === undefined) return;
  deps.observability.count(metrics.provisioningLatency, Math.max(0, deps.now() - sinceSeconds * 1000));
}

function toFailure(record: DynamoDBRecord): { itemIdentifier: string } {
  return { itemIdentifier: record.dynamodb?.SequenceNumber ?? '' };
}
