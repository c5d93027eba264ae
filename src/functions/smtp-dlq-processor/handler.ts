import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import {
  createOutcomeReport,
  type OutcomeReport,
  type UnpublishedEvents,
  unpublishedError,
} from '../../admin/outcome-report.ts';
import type { Try } from '../../dead-letter/redrive.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { createHasTime, type HasTime, type TimedContext } from '../runtime/time-left.ts';
import type { DlqProcessorDeps } from './deps.ts';
import { finishMessage } from './finish-message.ts';
import { type ReceivedMessage, readReceivedMessage } from './received-message.ts';
import { CONCURRENCY, outOfTime, reconcileSafely, reconcileUnconverged } from './reconcile-unconverged.ts';

/** Milliseconds that must be left of an invocation to begin with another record. */
const reserveMs = 15_000;

type Tried = readonly [message: ReceivedMessage, outcome: Try];

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
      const tries: Tried[] = [
        ...(await workOffLetters(messages, report, hasTime, deps)),
        ...(await workOffRest(messages, report, hasTime, deps)),
      ];
      const untold = await report.publish();
      await forEachBounded(tries, CONCURRENCY, async ([message, outcome]) => {
        const isUntold = outcome.result === 'done' && isUntoldOf(message, untold);
        const isGone = await finishMessage(
          message,
          isUntold ? { result: 'failed', error: unpublishedError } : outcome,
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
function isUntoldOf({ letter, correlationId }: ReceivedMessage, untold: UnpublishedEvents): boolean {
  return letter.form === 'dead-letter'
    ? untold.has({ username: letter.username, correlationId })
    : untold.events.some(({ detail }) => detail.correlation_id === correlationId);
}

/** Different users side by side, one user's letters never. */
async function workOffLetters(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  hasTime: HasTime,
  deps: DlqProcessorDeps,
): Promise<Tried[]> {
  const tries: Tried[] = [];
  const letters = messages.flatMap((message) =>
    message.letter.form === 'dead-letter' ? [{ message, letter: message.letter }] : [],
  );
  const users = [...Map.groupBy(letters, ({ letter }) => letter.username).values()];
  await forEachBounded(users, CONCURRENCY, async (ofOneUser) => {
    for (const { message, letter } of ofOneUser) {
      const { username, supersededIamUserName, supersededMadeAtMs = 0, forceResync, passwordEdited } = letter;
      const isRetry = letter.errorType !== unpublishedError.code;
      const about = { username, correlationId: message.correlationId, isRetry, forceResync };
      const trigger =
        supersededIamUserName === undefined ? about : { ...about, supersededIamUserName, supersededMadeAtMs };
      tries.push([message, hasTime() ? await reconcileSafely(trigger, report, deps, passwordEdited) : outOfTime()]);
    }
  });
  return tries;
}

/** What doesn't tell whose work failed: one look at all records is enough for all of it. */
async function workOffRest(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  hasTime: HasTime,
  deps: DlqProcessorDeps,
): Promise<Tried[]> {
  const unknown = messages.filter(({ letter }) => letter.form === 'unknown');
  const tries = unknown.map((message): Tried => [message, { result: 'done' }]);
  const lost = messages.filter(({ letter }) => letter.form === 'stream-batch' || letter.form === 'invocation');
  const [first] = lost;
  if (first === undefined) return tries;
  const about = { correlationId: first.correlationId, writtenAtMs: earliestWriteMs(lost) };
  const outcome = await reconcileUnconverged(about, report, hasTime, deps);
  return [...tries, ...lost.map((message): Tried => [message, outcome])];
}

/** When the oldest record of the stream's lost batches was written; undefined when none of the messages tells. */
function earliestWriteMs(messages: readonly ReceivedMessage[]): number | undefined {
  const times = messages.flatMap(({ letter }) =>
    letter.form === 'stream-batch' ? [Date.parse(letter.firstWrittenAt ?? '')] : [],
  );
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : Math.min(...known);
}
