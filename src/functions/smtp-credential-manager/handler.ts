import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { readItem } from '../../aws/dynamodb.ts';
import { usernameOfKey } from '../../credential/credential-key.ts';
import { SesameError } from '../../credential/errors.ts';
import { type Outcome, reconcile, type Trigger } from '../../credential/reconcile.ts';
import type { Item } from '../../credential/record.ts';
import { triggerOfChange } from '../../credential/record-change.ts';
import { buildDeadLetter, type DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import {
  createOutcomeReport,
  describeError,
  type OutcomeReport,
  toSesameError,
  untoldError,
} from '../outcome-report.ts';
import type { ReconcilingDeps } from '../reconcile-dependencies.ts';

/** How many users are worked on side by side. */
const CONCURRENCY = 10;

export interface ManagerDeps extends ReconcilingDeps {
  readonly deadLetters: DeadLetterQueue;
}

/** One look at a record, and the stream records that call for it. */
interface Look {
  trigger: Omit<Trigger, 'correlationId'>;
  readonly records: DynamoDBRecord[];
  /** The one that a dead letter holds. */
  remembered: DynamoDBRecord;
}

/** The stream's handler: one reconcile for each user of the batch whose record somebody else changed. */
export function createHandler(deps: ManagerDeps): (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> {
  return (event) =>
    deps.tracing.run(async () => {
      const failures: DynamoDBBatchResponse['batchItemFailures'] = [];
      const { table } = deps.reconcileDeps.settings;
      const report = createOutcomeReport({ ...deps, table });
      const users = groupByUser(event.Records);
      await forEachBounded(users, CONCURRENCY, async (looksAtUser) => {
        for (const look of looksAtUser) {
          if (!(await workOff(look, report, deps))) failures.push(...look.records.map(toFailure));
        }
      });
      await report.close(async (untold) => {
        const looks = users.flat().filter((look) => untold.has(correlationIdOf(look)));
        await forEachBounded(looks, CONCURRENCY, async (look) => {
          if (!(await remember(look, untoldError, 0, deps))) failures.push(...look.records.map(toFailure));
        });
      });
      return { batchItemFailures: failures };
    });
}

/** Of each user one look for each IAM user that the record has referred to; mostly one. */
function groupByUser(records: readonly DynamoDBRecord[]): Look[][] {
  const users = new Map<string, Look[]>();
  for (const record of records) {
    const { Keys, NewImage, OldImage } = record.dynamodb ?? {};
    const username = usernameOfKey({ PK: Keys?.['PK']?.S, SK: Keys?.['SK']?.S });
    if (username === undefined) continue;
    const trigger = triggerOfChange(username, readImage(OldImage), readImage(NewImage));
    if (trigger === undefined) continue;
    const looks = users.get(username) ?? [];
    addLook(looks, { trigger, records: [record], remembered: record });
    users.set(username, looks);
  }
  return [...users.values()];
}

/** A look sees whatever came before it; only another IAM user that may be left over needs a look of its own. */
function addLook(looks: Look[], look: Look): void {
  const last = looks.at(-1);
  const strays = [last?.trigger.strayIamUserName, look.trigger.strayIamUserName].filter((name) => name !== undefined);
  if (last === undefined || new Set(strays).size > 1) {
    looks.push(look);
    return;
  }
  last.trigger = { ...last.trigger, ...look.trigger };
  last.records.push(...look.records);
  // The one that names the IAM user, as only it is read when the work is tried again.
  if (look.trigger.strayIamUserName !== undefined || strays.length === 0) last.remembered = look.remembered;
}

/** Returns false when nothing but Lambda's own retry remembers the work. */
async function workOff(look: Look, report: OutcomeReport, deps: ManagerDeps): Promise<boolean> {
  const { trigger, remembered: record } = look;
  const { username } = trigger;
  const correlationId = correlationIdOf(look);
  const outcome = await reconcile({ ...trigger, correlationId }, deps.reconcileDeps).catch(
    (error: unknown): Outcome => ({ result: 'failed', error: toSesameError(error) }),
  );
  report.add(outcome, { username, correlationId });
  if (outcome.result === 'settled' && outcome.transition === 'activated' && outcome.isRepeat !== true) {
    measureLatency(record, deps);
  }
  const error = errorToRemember(outcome);
  if (error === undefined) return true;
  return remember(look, error, outcome.result === 'busy' ? outcome.retryAfterSeconds : 0, deps);
}

function correlationIdOf({ remembered }: Look): string {
  return remembered.eventID ?? '';
}

/** Sends a dead letter. Returns false when it could not be sent. */
async function remember(look: Look, error: SesameError, delaySeconds: number, deps: ManagerDeps): Promise<boolean> {
  const { trigger, remembered: record } = look;
  const correlationId = correlationIdOf(look);
  const letter = buildDeadLetter({
    streamRecord: record as Parameters<typeof buildDeadLetter>[0]['streamRecord'],
    error,
    retryCount: 0,
    distrust: trigger.distrust === true,
    nowMs: deps.now(),
    correlationId,
  });
  try {
    await deps.deadLetters.send(letter, delaySeconds);
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
