import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { ParkingQueue } from '../../dead-letter/parked-message.ts';
import type { OwnWork } from '../../dead-letter/read-dead-letter.ts';
import type { MessageDelay, RedriveSettings, Try } from '../../dead-letter/redrive.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { createOutcomeReport, type OutcomeReport, untoldError } from '../outcome-report.ts';
import type { ReconcilingDeps } from '../reconcile-dependencies.ts';
import { finishMessage } from './finish-message.ts';
import { type ReceivedMessage, readReceivedMessage } from './received-message.ts';
import { CONCURRENCY, reconcileUnsettled, tryUser } from './reconcile-unsettled.ts';

/** Milliseconds that must be left of an invocation to begin with another record. */
const reserveMs = 15_000;

export interface DlqProcessorDeps extends ReconcilingDeps {
  readonly parking: ParkingQueue;
  readonly delay: MessageDelay;
  readonly own: OwnWork;
  readonly redrive: RedriveSettings;
  /** Between 0 and 1. */
  readonly random: () => number;
}

type Tried = readonly [message: ReceivedMessage, outcome: Try];
type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'>;

/** The dead-letter queue's handler: tries again what failed, and parks what nothing cures. */
export function createHandler(
  deps: DlqProcessorDeps,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const failures: SQSBatchResponse['batchItemFailures'] = [];
      const report = createOutcomeReport({ ...deps, table: deps.reconcileDeps.settings.table });
      const messages = event.Records.map((record) => readReceivedMessage(record, deps.own));
      const tries: Tried[] = [
        ...(await workOffLetters(messages, report, deps)),
        ...(await workOffRest(messages, report, () => context.getRemainingTimeInMillis() > reserveMs, deps)),
      ];
      const untold = await report.publish();
      await forEachBounded(tries, CONCURRENCY, async ([message, outcome]) => {
        const isUntold = outcome.result === 'done' && untold.has(message.correlationId);
        const isGone = await finishMessage(
          message,
          isUntold ? { result: 'failed', error: untoldError } : outcome,
          deps,
        );
        if (!isGone) failures.push({ itemIdentifier: message.messageId });
      });
      await report.close();
      return { batchItemFailures: failures };
    });
}

/** Different users side by side, one user's letters never. */
async function workOffLetters(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  deps: DlqProcessorDeps,
): Promise<Tried[]> {
  const tries: Tried[] = [];
  const letters = messages.flatMap((message) =>
    message.letter.form === 'dead-letter' ? [{ message, letter: message.letter }] : [],
  );
  const users = [...Map.groupBy(letters, ({ letter }) => letter.username).values()];
  await forEachBounded(users, CONCURRENCY, async (ofOneUser) => {
    for (const { message, letter } of ofOneUser) {
      const { username, strayIamUserName, distrust } = letter;
      const isRetry = letter.errorType !== untoldError.code;
      const about = { username, correlationId: message.correlationId, isRetry, distrust };
      const trigger = strayIamUserName === undefined ? about : { ...about, strayIamUserName };
      tries.push([message, await tryUser(trigger, report, deps)]);
    }
  });
  return tries;
}

/** What doesn't tell whose work failed: one look at all records is enough for all of it. */
async function workOffRest(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  hasTime: () => boolean,
  deps: DlqProcessorDeps,
): Promise<Tried[]> {
  const unknown = messages.filter(({ letter }) => letter.form === 'unknown');
  const tries = unknown.map((message): Tried => [message, { result: 'done' }]);
  const lost = messages.filter(({ letter }) => letter.form === 'stream-batch' || letter.form === 'invocation');
  const [first] = lost;
  if (first === undefined) return tries;
  const outcome = await reconcileUnsettled(first.correlationId, report, hasTime, deps);
  return [...tries, ...lost.map((message): Tried => [message, outcome])];
}
