import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { readItem } from '../../aws/dynamodb.ts';
import { SesameError } from '../../credential/errors.ts';
import { type Outcome, reconcile } from '../../credential/reconcile.ts';
import { type Item, iamUserNameOfItem, usernameOfKey } from '../../credential/record.ts';
import { needsReconcile } from '../../credential/record-change.ts';
import { buildDeadLetter, type DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { createOutcomeReport, describeError, type OutcomeReport, toSesameError } from '../outcome-report.ts';
import type { ReconcilingDeps } from '../reconcile-dependencies.ts';

/** How many users are worked on side by side. */
const CONCURRENCY = 10;

export interface ManagerDeps extends ReconcilingDeps {
  readonly deadLetters: DeadLetterQueue;
}

/** All that a batch says about one user: which record to look at, and what it referred to before. */
interface UserWork {
  readonly username: string;
  readonly records: DynamoDBRecord[];
  strayIamUserName: string | undefined;
}

/** The stream's handler: one reconcile for each user of the batch whose record somebody else changed. */
export function createHandler(deps: ManagerDeps): (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> {
  return (event) =>
    deps.tracing.run(async () => {
      const failures: DynamoDBBatchResponse['batchItemFailures'] = [];
      const { table } = deps.reconcileDeps.settings;
      const report = createOutcomeReport({ ...deps, table });
      await forEachBounded(groupByUser(event.Records), CONCURRENCY, async (work) => {
        if (!(await workOff(work, report, deps))) failures.push(...work.records.map(toFailure));
      });
      await report.publish();
      deps.observability.flush();
      return { batchItemFailures: failures };
    });
}

function groupByUser(records: readonly DynamoDBRecord[]): UserWork[] {
  const users = new Map<string, UserWork>();
  for (const record of records) {
    const { Keys, NewImage, OldImage } = record.dynamodb ?? {};
    const username = usernameOfKey({ PK: Keys?.['PK']?.S, SK: Keys?.['SK']?.S });
    if (username === undefined) continue;
    const before = readImage(OldImage);
    if (!needsReconcile(before, readImage(NewImage))) continue;
    const work = users.get(username) ?? { username, records: [], strayIamUserName: undefined };
    work.records.push(record);
    if (before !== undefined) work.strayIamUserName = iamUserNameOfItem(before) ?? work.strayIamUserName;
    users.set(username, work);
  }
  return [...users.values()];
}

/** Returns false when nothing but Lambda's own retry remembers the work. */
async function workOff(work: UserWork, report: OutcomeReport, deps: ManagerDeps): Promise<boolean> {
  const { username, strayIamUserName } = work;
  const record = work.records.at(-1) as DynamoDBRecord;
  const correlationId = record.eventID ?? '';
  const outcome = await reconcile(
    { username, correlationId, ...(strayIamUserName === undefined ? {} : { strayIamUserName }) },
    deps.reconcileDeps,
  ).catch((error: unknown): Outcome => ({ result: 'failed', error: toSesameError(error) }));
  report.add(outcome, { username, correlationId });
  if (outcome.result === 'settled' && outcome.transition === 'activated') measureLatency(record, deps);
  const error = errorToRemember(outcome);
  if (error === undefined) return true;
  const letter = buildDeadLetter({
    streamRecord: record as Parameters<typeof buildDeadLetter>[0]['streamRecord'],
    error,
    retryCount: 0,
    nowMs: deps.now(),
    correlationId,
  });
  try {
    await deps.deadLetters.send(letter, outcome.result === 'busy' ? outcome.retryAfterSeconds : 0);
    deps.observability.count(metrics.deadLetters);
    return true;
  } catch (problem) {
    deps.observability.log('error', logMessages.deadLetterFailed, {
      correlation_id: correlationId,
      username,
      ...describeError(toSesameError(problem)),
    });
    return false;
  }
}

/** What has to be tried again, and so goes to the dead-letter queue. */
function errorToRemember(outcome: Outcome): SesameError | undefined {
  if (outcome.result === 'failed') return outcome.error;
  if (outcome.result === 'busy') {
    return new SesameError('RecordBusy', 'conflict', 'Somebody else was working on the record. It is looked at again.');
  }
  return undefined;
}

function measureLatency(record: DynamoDBRecord, deps: ManagerDeps): void {
  const sinceSeconds = record.dynamodb?.ApproximateCreationDateTime;
  if (sinceSeconds === undefined) return;
  deps.observability.count(metrics.provisioningLatency, Math.max(0, deps.now() - sinceSeconds * 1000));
}

function readImage(image: Record<string, unknown> | undefined): Item | undefined {
  return image === undefined ? undefined : readItem(image as Parameters<typeof readItem>[0]);
}

function toFailure(record: DynamoDBRecord): { itemIdentifier: string } {
  return { itemIdentifier: record.dynamodb?.SequenceNumber ?? '' };
}
