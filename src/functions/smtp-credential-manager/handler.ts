import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { readItem } from '../../aws/dynamodb.ts';
import { SesameError } from '../../credential/errors.ts';
import { type Outcome, type ReconcileDeps, reconcile } from '../../credential/reconcile.ts';
import { type Item, iamUserNameOfItem, usernameOfKey } from '../../credential/record.ts';
import { needsReconcile } from '../../credential/record-change.ts';
import { buildDeadLetter, type DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics, transitionMetrics } from '../../observability/metric-catalogue.ts';
import type { Observability } from '../../observability/observability.ts';
import type { Tracing } from '../../observability/tracing.ts';
import { forEachBounded } from './for-each-bounded.ts';

/** How many users are worked on side by side. */
const CONCURRENCY = 10;

export interface ManagerDeps {
  readonly reconcileDeps: ReconcileDeps;
  readonly deadLetters: DeadLetterQueue;
  readonly observability: Observability;
  readonly tracing: Tracing;
  readonly now: () => number;
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
      try {
        const failures: DynamoDBBatchResponse['batchItemFailures'] = [];
        await forEachBounded(groupByUser(event.Records), CONCURRENCY, async (work) => {
          if (!(await workOff(work, deps))) failures.push(...work.records.map(toFailure));
        });
        return { batchItemFailures: failures };
      } finally {
        deps.observability.flush();
      }
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
async function workOff(work: UserWork, deps: ManagerDeps): Promise<boolean> {
  const { observability } = deps;
  const record = work.records.at(-1) as DynamoDBRecord;
  const correlationId = record.eventID ?? '';
  const details = { correlation_id: correlationId, username: work.username };
  const outcome = await reconcile(
    {
      username: work.username,
      correlationId,
      ...(work.strayIamUserName === undefined ? {} : { strayIamUserName: work.strayIamUserName }),
    },
    deps.reconcileDeps,
  ).catch(toFailedOutcome);
  tell(outcome, record, details, deps);
  const error = errorToRemember(outcome);
  if (error === undefined) return true;
  const delaySeconds = outcome.result === 'busy' ? outcome.retryAfterSeconds : 0;
  const letter = buildDeadLetter({
    streamRecord: record as Parameters<typeof buildDeadLetter>[0]['streamRecord'],
    error,
    retryCount: 0,
    nowMs: deps.now(),
    correlationId,
  });
  try {
    await deps.deadLetters.send(letter, delaySeconds);
    observability.count(metrics.deadLetters);
    return true;
  } catch (problem) {
    observability.log('error', logMessages.deadLetterFailed, { ...details, ...describe(toSesameError(problem)) });
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

function tell(outcome: Outcome, record: DynamoDBRecord, details: Record<string, unknown>, deps: ManagerDeps): void {
  const { observability } = deps;
  switch (outcome.result) {
    case 'settled': {
      observability.log('info', logMessages.credentialSettled, {
        ...details,
        transition: outcome.transition ?? 'none',
      });
      if (outcome.warning !== undefined) {
        observability.log('warn', logMessages.receivingRuleMissing, { ...details, warning: outcome.warning });
      }
      if (outcome.transition !== undefined) observability.count(transitionMetrics[outcome.transition]);
      if (outcome.transition === 'activated') {
        const since = record.dynamodb?.ApproximateCreationDateTime;
        if (since !== undefined) {
          observability.count(metrics.provisioningLatency, Math.max(0, deps.now() - since * 1000));
        }
      }
      return;
    }
    case 'missing':
      observability.log('info', logMessages.credentialMissing, details);
      return;
    case 'busy':
      observability.log('info', logMessages.credentialBusy, details);
      return;
    case 'invalid':
      observability.count(metrics.credentialsInvalid);
      observability.log('warn', logMessages.credentialInvalid, { ...details, ...describe(outcome.error) });
      return;
    case 'failed':
      observability.count(metrics.credentialsFailed);
      observability.log('error', logMessages.credentialFailed, { ...details, ...describe(outcome.error) });
      return;
  }
}

function toFailedOutcome(problem: unknown): Outcome {
  return { result: 'failed', error: toSesameError(problem) };
}

function toSesameError(problem: unknown): SesameError {
  if (problem instanceof SesameError) return problem;
  const name = problem instanceof Error ? problem.name : typeof problem;
  return new SesameError('UnexpectedError', 'retryable', `An unexpected ${name} ended the work.`, { cause: problem });
}

function describe(error: SesameError): Record<string, unknown> {
  const cause = error.cause instanceof Error ? { stack: error.cause.stack } : {};
  return { error_code: error.code, error_message: error.message, ...cause };
}

function readImage(image: Record<string, unknown> | undefined): Item | undefined {
  return image === undefined ? undefined : readItem(image as Parameters<typeof readItem>[0]);
}

function toFailure(record: DynamoDBRecord): { itemIdentifier: string } {
  return { itemIdentifier: record.dynamodb?.SequenceNumber ?? '' };
}
