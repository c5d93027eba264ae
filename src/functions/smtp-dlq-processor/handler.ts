import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import {
  createOutcomeReport,
  type OutcomeReport,
  type UnpublishedEvents,
  unpublishedError,
} from '../../admin/outcome-report.ts';
import type { AttemptResult } from '../../dead-letter/redrive.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { createHasTime, type HasTime, type TimedContext } from '../runtime/time-left.ts';
import type { DlqProcessorDeps } from './deps.ts';
import { finishMessage } from './finish-message.ts';
import { type ReceivedMessage, readReceivedMessage } from './received-message.ts';
import { CONCURRENCY, outOfTime, reconcileSafely, reconcileUnconverged } from './reconcile-unconverged.ts';

/** Milliseconds that must be left of an invocation to begin with another record. */
const reserveMs = 15_000;

type Attempted = readonly [message: ReceivedMessage, outcome: AttemptResult];

/** The dead-letter queue's handler: tries again what failed, and parks what nothing cures. */
export function createHandler(
  deps: DlqProcessorDeps,
): (event: SQSEvent, context?: TimedContext) => Promise<SQSBatchResponse> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const failures: SQSBatchResponse['batchItemFailures'] = [];
      const report = createOutcomeReport({ ...deps, table: deps.reconcileDeps.settings.table });
      const hasTime = createHasTime(context, reserveMs);
      const messages = event.Records.map((record) => readReceivedMessage(record, deps.own));
      const attempted: Attempted[] = [
        ...(await processDeadLetters(messages, report, hasTime, deps)),
        ...(await processOtherMessages(messages, report, hasTime, deps)),
      ];
      const unpublished = await report.publish();
      await forEachBounded(attempted, CONCURRENCY, async ([message, outcome]) => {
        const mustRepublish = outcome.result === 'done' && isUnpublished(message, unpublished);
        const isGone = await finishMessage(
          message,
          mustRepublish ? { result: 'failed', error: unpublishedError } : outcome,
          deps,
        );
        if (!isGone) failures.push({ itemIdentifier: message.messageId });
      });
      // All that could be published is by now, and its messages come again.
      await report.close(() => {});
      return { batchItemFailures: failures };
    });
}

/** A letter is about one credential; a look at all records is about every one that it reconciled. */
function isUnpublished({ queueMessage, correlationId }: ReceivedMessage, unpublished: UnpublishedEvents): boolean {
  return queueMessage.form === 'dead-letter'
    ? unpublished.has({ username: queueMessage.username, correlationId })
    : unpublished.events.some(({ detail }) => detail.correlation_id === correlationId);
}

/** Different users side by side, one user's letters never. */
async function processDeadLetters(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  hasTime: HasTime,
  deps: DlqProcessorDeps,
): Promise<Attempted[]> {
  const attempted: Attempted[] = [];
  const deadLetters = messages.flatMap((message) =>
    message.queueMessage.form === 'dead-letter' ? [{ message, deadLetter: message.queueMessage }] : [],
  );
  const users = [...Map.groupBy(deadLetters, ({ deadLetter }) => deadLetter.username).values()];
  await forEachBounded(users, CONCURRENCY, async (ofOneUser) => {
    for (const { message, deadLetter } of ofOneUser) {
      const { username, supersededIamUserName, supersededMadeAtMs = 0, forceResync, passwordEdited } = deadLetter;
      const isRetry = deadLetter.errorType !== unpublishedError.code;
      const about = { username, correlationId: message.correlationId, isRetry, forceResync };
      const trigger =
        supersededIamUserName === undefined ? about : { ...about, supersededIamUserName, supersededMadeAtMs };
      attempted.push([message, hasTime() ? await reconcileSafely(trigger, report, deps, passwordEdited) : outOfTime()]);
    }
  });
  return attempted;
}

/** What doesn't tell whose work failed: one look at all records is enough for all of it. */
async function processOtherMessages(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  hasTime: HasTime,
  deps: DlqProcessorDeps,
): Promise<Attempted[]> {
  const unknown = messages.filter(({ queueMessage }) => queueMessage.form === 'unknown');
  const attempted = unknown.map((message): Attempted => [message, { result: 'done' }]);
  const lost = messages.filter(
    ({ queueMessage }) => queueMessage.form === 'stream-batch' || queueMessage.form === 'invocation',
  );
  const [first] = lost;
  if (first === undefined) return attempted;
  const about = { correlationId: first.correlationId, writtenAtMs: earliestWriteMs(lost) };
  const outcome = await reconcileUnconverged(about, report, hasTime, deps);
  return [...attempted, ...lost.map((message): Attempted => [message, outcome])];
}

/** When the oldest record of the stream's lost batches was written; undefined when none of the messages tells. */
function earliestWriteMs(messages: readonly ReceivedMessage[]): number | undefined {
  const times = messages.flatMap(({ queueMessage }) =>
    queueMessage.form === 'stream-batch' ? [Date.parse(queueMessage.firstWrittenAt ?? '')] : [],
  );
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : Math.min(...known);
}
