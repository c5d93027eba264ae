import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { SuppressionList } from '../../sending/sending-stores.ts';
import type { FeedbackThresholds, ViolationRule } from '../../sending/thresholds.ts';
import { createOutcomeReport } from '../outcome-report.ts';
import type { ScheduledEvent } from '../scheduled-run.ts';
import type { SendingDeps } from '../sending-dependencies.ts';
import { createFailures } from '../sending-messages.ts';
import { createHasTime, type TimedContext } from '../time-left.ts';
import { endSuspensions } from './end-suspensions.ts';
import { processFeedback } from './process-feedback.ts';
import type { TroubledCredentials } from './troubled-credentials.ts';

/** Milliseconds that must be left of an invocation to begin with another credential. */
const reserveMs = 15_000;

export interface FeedbackDeps extends SendingDeps {
  readonly mode: 'observe' | 'suspend';
  readonly thresholds: FeedbackThresholds;
  /** The validator's rule: before a suspension ends, violations are looked at as well. Undefined: they are left to the validator. */
  readonly violationRule?: ViolationRule;
  readonly troubled: TroubledCredentials;
  /** Undefined: addresses are left to SES. */
  readonly suppressionList: SuppressionList | undefined;
}

type Invocation = SQSEvent | ScheduledEvent | null | undefined;

/** Two triggers: the queue brings feedback to count; the schedule brings nothing and ends what has a time to end. */
export function createHandler(
  deps: FeedbackDeps,
): (
  event: Invocation,
  context: TimedContext & { readonly awsRequestId: string },
) => Promise<SQSBatchResponse | undefined> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const report = createOutcomeReport(deps);
      const failures = createFailures(deps.observability);
      const hasTime = createHasTime(context, reserveMs);
      try {
        if (isQueueEvent(event)) await processFeedback(event.Records, { report, failures, hasTime, deps });
        else await endSuspensions(event?.id ?? context.awsRequestId, hasTime, report, deps);
      } finally {
        await report.close((untold) => failures.addUntold(untold));
      }
      return isQueueEvent(event) ? failures.response() : undefined;
    });
}

function isQueueEvent(event: Invocation): event is SQSEvent {
  return event !== null && event !== undefined && 'Records' in event;
}
