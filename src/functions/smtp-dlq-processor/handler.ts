import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { ParkingQueue } from '../../dead-letter/parked-message.ts';
import type { OwnWork } from '../../dead-letter/read-dead-letter.ts';
import type { MessageDelay, RedriveSettings, Try } from '../../dead-letter/redrive.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { createOutcomeReport, type OutcomeReport } from '../outcome-report.ts';
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

type Finish = (message: ReceivedMessage, outcome: Try) => Promise<void>;
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
      const finish: Finish = async (message, outcome) => {
        const isGone = await finishMessage(message, outcome, deps);
        if (!isGone) failures.push({ itemIdentifier: message.messageId });
      };
      await workOffLetters(messages, report, finish, deps);
      await workOffRest(messages, report, finish, () => context.getRemainingTimeInMillis() > reserveMs, deps);
      await report.close();
      return { batchItemFailures: failures };
    });
}

/** Different users side by side, one user's letters never. */
async function workOffLetters(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  finish: Finish,
  deps: DlqProcessorDeps,
): Promise<void> {
  const letters = messages.flatMap((message) =>
    message.letter.form === 'dead-letter' ? [{ message, letter: message.letter }] : [],
  );
  const users = [...Map.groupBy(letters, ({ letter }) => letter.username).values()];
  await forEachBounded(users, CONCURRENCY, async (ofOneUser) => {
    for (const { message, letter } of ofOneUser) {
      const { username, strayIamUserName, distrust } = letter;
      const about = { username, correlationId: message.correlationId, isRetry: true, distrust };
      await finish(
        message,
        await tryUser(strayIamUserName === undefined ? about : { ...about, strayIamUserName }, report, deps),
      );
    }
  });
}

/** What doesn't tell whose work failed: one look at all records is enough for all of it. */
async function workOffRest(
  messages: readonly ReceivedMessage[],
  report: OutcomeReport,
  finish: Finish,
  hasTime: () => boolean,
  deps: DlqProcessorDeps,
): Promise<void> {
  for (const message of messages) {
    if (message.letter.form === 'unknown') await finish(message, { result: 'done' });
  }
  const lost = messages.filter(({ letter }) => letter.form === 'stream-batch' || letter.form === 'invocation');
  const [first] = lost;
  if (first === undefined) return;
  const outcome = await reconcileUnsettled(first.correlationId, report, hasTime, deps);
  for (const message of lost) await finish(message, outcome);
}
