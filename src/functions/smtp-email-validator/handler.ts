import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createOutcomeReport, type OutcomeReport } from '../../admin/outcome-report.ts';
import { republishSuspension } from '../../admin/suspend-credential.ts';
import * as logMessages from '../../observability/log-messages.ts';
import { forEachBounded } from '../runtime/for-each-bounded.ts';
import { createFailures, type ReceivedEvent, readSendingMessages } from '../runtime/read-ses-messages.ts';
import { createHasTime, type TimedContext } from '../runtime/time-left.ts';
import { actOnViolations, type ViolatingEvent } from './act-on-violations.ts';
import type { ValidatorDeps } from './deps.ts';
import { iamUserNameOf, type JudgedEvent, judgeEvents } from './judge-events.ts';
import { notifyOfVerdicts, reportVerdicts } from './report-verdicts.ts';

/** How many users are processed in parallel. */
const CONCURRENCY = 10;
/** Remaining milliseconds that starting another user requires. */
const reserveMs = 15_000;

/** The queue's handler: checks the senders of every mail that SES accepted, user by user. */
export function createHandler(
  deps: ValidatorDeps,
): (event: SQSEvent, context?: TimedContext) => Promise<SQSBatchResponse> {
  return ({ Records: records }, context) =>
    deps.tracing.run(async () => {
      const { observability } = deps;
      const hasTime = createHasTime(context, reserveMs);
      const failures = createFailures(observability);
      const report = createOutcomeReport(deps);
      const read = await readSendingMessages(records, failures, deps);
      const mails = read.filter(({ event }) => event.type === 'Send' || event.type === 'Reject');
      const users = Map.groupBy(mails, iamUserNameOf);
      await preload(users, deps);
      await forEachBounded([...users], CONCURRENCY, async ([iamUserName, events]) => {
        if (!hasTime()) return failures.postpone(events);
        await judgeAndAct(iamUserName, events, report, deps).catch((error: unknown) => {
          failures.add(events, error);
          // When they are redelivered, the record must be read again.
          if (iamUserName !== undefined) deps.credentialCache.forget(iamUserName);
        });
      });
      observability.log('info', logMessages.sendingBatchDone, { messages: records.length, mails: mails.length });
      await report.close((unpublished) => failures.addUnpublished(unpublished));
      return failures.response();
    });
}

/** Reads all uncached users at once. If that fails, each user's own read reports it. */
async function preload(
  users: ReadonlyMap<string | undefined, unknown>,
  { credentialCache }: ValidatorDeps,
): Promise<void> {
  await credentialCache.preload([...users.keys()].filter((name) => name !== undefined)).catch(() => {});
}

async function judgeAndAct(
  iamUserName: string | undefined,
  events: readonly ReceivedEvent[],
  report: OutcomeReport,
  deps: ValidatorDeps,
): Promise<void> {
  const { judged, record } = await judgeEvents(iamUserName, events, deps);
  reportVerdicts(judged, deps);
  if (record !== undefined) await republish(record, events, report, deps);
  const violations = judged.filter(isViolation);
  if (record !== undefined) await actOnViolations(record, violations, report, deps);
  await notifyOfVerdicts(judged, deps);
}

/** A redelivered mail may have caused a suspension whose event or alert was not sent. */
async function republish(
  record: Parameters<typeof republishSuspension>[0],
  events: readonly ReceivedEvent[],
  report: OutcomeReport,
  deps: ValidatorDeps,
): Promise<void> {
  const messageIds = new Set(events.map(({ event }) => event.messageId));
  const areRedelivered = events.some(({ isRedelivered }) => isRedelivered);
  await republishSuspension(record, { messageIds, areRedelivered }, report, deps);
}

function isViolation(judged: JudgedEvent): judged is ViolatingEvent {
  return judged.verdict.verdict === 'violation';
}
