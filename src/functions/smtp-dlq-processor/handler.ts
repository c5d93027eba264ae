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

/** Remaining milliseconds that starting another record requires. */
const reserveMs = 15_000;

type Attempted = readonly [message: ReceivedMessage, outcome: AttemptResult];

/** The handler of the dead-letter queue: retries failed work, and parks messages that retries cannot help. */
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
      // Everything that can be published has been published; messages whose events failed stay in the queue.
      await report.close(() => {});
      return { batchItemFailures: failures };
    });
}

/** A dead letter is about one credential. Any other message is about every record that was reconciled for it. */
function isUnpublished({ queueMessage, correlationId }: ReceivedMessage, unpublished: UnpublishedEvents): boolean {
  return queueMessage.form === 'dead-letter'
    ? unpublished.has({ username: queueMessage.username, correlationId })
    : unpublished.events.some(({ detail }) => detail.correlation_id === correlationId);
}

/** Processes different users in parallel, and one user's dead letters in sequence. */
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
      const { username, supersededIamUserName, supersededCreatedAtMs = 0, forceResync, passwordEdited } = deadLetter;
      const { supersededAccessKeyIds } = deadLetter;
      const isRetry = deadLetter.errorType !== unpublishedError.code;
      const about = { username, correlationId: message.correlationId, isRetry, forceResync };
      const trigger =
        supersededIamUserName === undefined
          ? about
          : { ...about, supersededIamUserName, supersededCreatedAtMs, supersededAccessKeyIds };
      attempted.push([message, hasTime() ? await reconcileSafely(trigger, report, deps, passwordEdited) : outOfTime()]);
    }
  });
  return attempted;
}

/** Processes messages that do not name a record. Reconciling all unconverged records once covers all of them. */
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

/** When the oldest record of the lost stream batches was written; undefined if no message says. */
function earliestWriteMs(messages: readonly ReceivedMessage[]): number | undefined {
  const times = messages.flatMap(({ queueMessage }) =>
    queueMessage.form === 'stream-batch' ? [Date.parse(queueMessage.firstWrittenAt ?? '')] : [],
  );
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : Math.min(...known);
}
