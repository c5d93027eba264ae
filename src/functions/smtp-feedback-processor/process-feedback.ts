import type { SQSRecord } from 'aws-lambda';
import type { OutcomeReport } from '../../admin/outcome-report.ts';
import { republishSuspension } from '../../admin/suspend-credential.ts';
import type { CredentialRecord } from '../../credential/record/record.ts';
import { classifyIdentity } from '../../mail-events/caller-identity.ts';
import { type CountableFeedback, countFeedback } from '../../mail-events/feedback.ts';
import { type CountableItem, planFeedbackWrites } from '../../mail-events/feedback-counter.ts';
import * as logMessages from '../../observability/log-messages.ts';
import { counterMetrics } from '../../observability/metric-catalogue.ts';
import * as metrics from '../../observability/metrics.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { type Failures, type ReceivedEvent, readSendingMessages } from '../runtime/read-ses-messages.ts';
import type { HasTime } from '../runtime/time-left.ts';
import type { FeedbackDeps } from './deps.ts';
import { judgeCredential } from './judge-credential.ts';
import { suppressAddresses } from './suppress-addresses.ts';

/**
 * How many credentials are processed in parallel. One credential's writes run in sequence, because they would conflict
 * on its counters.
 */
const CONCURRENCY = 10;

/** An event that is counted, and the IAM user that it is counted for. */
interface CountedEvent extends ReceivedEvent {
  readonly feedback: CountableFeedback;
  readonly iamUserName: string | undefined;
}

/** The context of a batch. */
interface Batch {
  readonly report: OutcomeReport;
  readonly failures: Failures;
  readonly hasTime: HasTime;
  readonly deps: FeedbackDeps;
}

/** Counts a batch's feedback per credential, and acts on the resulting counters. */
export async function processFeedback(records: readonly SQSRecord[], batch: Batch): Promise<void> {
  const { report, failures, hasTime, deps } = batch;
  const received = await readSendingMessages(records, failures, deps);
  const counted = received.flatMap(toCountedEvent);
  const users = Map.groupBy(counted, ({ iamUserName }) => iamUserName);
  // Reads all uncached users at once. If that fails, each user's own read reports it.
  await deps.credentialCache.preload([...users.keys()].filter((name) => name !== undefined)).catch(() => {});
  await forEachBounded([...users], CONCURRENCY, async ([iamUserName, events]) => {
    if (!hasTime()) return failures.postpone(events);
    await countAndAct(iamUserName, events, report, deps).catch((error: unknown) => {
      failures.add(events, error);
      // When they are redelivered, the record must be read again.
      if (iamUserName !== undefined) deps.credentialCache.forget(iamUserName);
    });
  });
  deps.observability.log('info', logMessages.sendingBatchDone, { messages: records.length, counted: counted.length });
}

function toCountedEvent(received: ReceivedEvent): CountedEvent[] {
  const feedback = countFeedback(received.event);
  if (feedback === undefined) return [];
  const identity = classifyIdentity(received.event.callerIdentity);
  return [{ ...received, feedback, iamUserName: identity.kind === 'own-form' ? identity.iamUserName : undefined }];
}

async function countAndAct(
  iamUserName: string | undefined,
  events: readonly CountedEvent[],
  report: OutcomeReport,
  deps: FeedbackDeps,
): Promise<void> {
  const record = iamUserName === undefined ? undefined : await deps.credentialCache.find(iamUserName);
  if (record === undefined) {
    deps.observability.count(metrics.feedbackUnattributed, events.length);
    deps.observability.log('info', logMessages.feedbackUnattributed, {
      caller_identity: events[0]?.event.callerIdentity,
      events: events.length,
    });
    return;
  }
  await countEvents(record, events, deps);
  await suppressAddresses(
    events.flatMap(({ feedback }) => feedback.suppressible),
    deps,
  );
  const isRedelivered = events.some((each) => each.isRedelivered);
  // Even if nothing is new: an earlier attempt may have died between counting and judging, or before it published.
  const messageIds = new Set(events.map(({ event }) => event.messageId));
  await republishSuspension(record, { messageIds, areRedelivered: isRedelivered }, report, deps);
  const correlationId = events.at(-1)?.event.messageId ?? '';
  const hasFailures = events.some(
    ({ feedback }) => feedback.counter === 'hard_bounces' || feedback.counter === 'complaints',
  );
  const sentAtMs = events.filter(({ feedback }) => feedback.counter === 'sends').map(({ feedback }) => feedback.atMs);
  await judgeCredential({ record, correlationId, hasFailures, sentAtMs, isRedelivered }, report, deps);
}

async function countEvents(
  { username }: CredentialRecord,
  events: readonly CountedEvent[],
  { feedbackCounter, recentFailures, observability, now }: FeedbackDeps,
): Promise<void> {
  const entries = events.map(({ feedback, event }) => ({
    username,
    feedback,
    sentAtMs: event.sentAtMs ?? event.atMs,
  }));
  const countables: CountableItem[] = [];
  try {
    for (const write of planFeedbackWrites(entries, now())) {
      const written = await feedbackCounter.write(write);
      recentFailures.add(username, written);
      countables.push(...written);
    }
  } finally {
    for (const [counter, ofCounter] of Map.groupBy(countables, (countable) => countable.counter)) {
      observability.count(counterMetrics[counter], ofCounter.length);
    }
  }
  const asked = entries.reduce((sum, { feedback }) => sum + feedback.countableKeys.length, 0);
  if (asked > countables.length) observability.count(metrics.feedbackNotNew, asked - countables.length);
}
