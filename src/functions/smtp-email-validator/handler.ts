import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logMessages } from '../../observability/log-catalogue.ts';
import type { ViolationRule } from '../../sending/thresholds.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { createOutcomeReport, type OutcomeReport } from '../outcome-report.ts';
import type { SendingDeps } from '../sending-dependencies.ts';
import { createFailures, type ReceivedEvent, readSendingMessages } from '../sending-messages.ts';
import { actOnViolations, type ViolatingEvent } from './act-on-violations.ts';
import { iamUserNameOf, type JudgedEvent, judgeEvents } from './judge-events.ts';
import { alertFindings, tellVerdicts } from './tell-verdicts.ts';

/** How many users are worked on side by side. */
const CONCURRENCY = 10;

export interface ValidatorDeps extends SendingDeps {
  readonly rule: ViolationRule;
  readonly settleSeconds: number;
}

/** The queue's handler: checks the senders of every mail that SES took, user by user. */
export function createHandler(deps: ValidatorDeps): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return ({ Records: records }) =>
    deps.tracing.run(async () => {
      const { observability } = deps;
      const failures = createFailures(observability);
      const report = createOutcomeReport(deps);
      const read = await readSendingMessages(records, failures, deps);
      const mails = read.filter(({ event }) => event.type === 'Send' || event.type === 'Reject');
      const users = Map.groupBy(mails, iamUserNameOf);
      await preload(users, deps);
      await forEachBounded([...users], CONCURRENCY, async ([iamUserName, events]) => {
        await judgeAndAct(iamUserName, events, report, deps).catch((error: unknown) => failures.add(events, error));
      });
      observability.log('info', logMessages.sendingBatchDone, { messages: records.length, mails: mails.length });
      await report.close();
      return failures.response();
    });
}

/** One read for all users that aren't known. If it fails, each user's own read tells it. */
async function preload(users: ReadonlyMap<string | undefined, unknown>, { finder }: ValidatorDeps): Promise<void> {
  await finder.preload([...users.keys()].filter((name) => name !== undefined)).catch(() => {});
}

async function judgeAndAct(
  iamUserName: string | undefined,
  events: readonly ReceivedEvent[],
  report: OutcomeReport,
  deps: ValidatorDeps,
): Promise<void> {
  const judged = await judgeEvents(iamUserName, events, deps);
  tellVerdicts(judged, deps);
  const violations = judged.filter(isViolation);
  const [first] = violations;
  if (first !== undefined) await actOnViolations(first.verdict.username, violations, report, deps);
  await alertFindings(judged, deps);
}

function isViolation(judged: JudgedEvent): judged is ViolatingEvent {
  return judged.verdict.verdict === 'violation';
}
