import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createOutcomeReport } from '../../admin/outcome-report.ts';
import { createFailures } from '../runtime/read-ses-messages.ts';
import type { ScheduledEvent } from '../runtime/scheduled-run.ts';
import { createHasTime, type TimedContext } from '../runtime/time-left.ts';
import type { FeedbackDeps } from './deps.ts';
import { endSuspensions } from './end-suspensions.ts';
import { processFeedback } from './process-feedback.ts';

/** Remaining milliseconds that starting another credential requires. */
const reserveMs = 15_000;

type Invocation = SQSEvent | ScheduledEvent | null | undefined;

/** Two triggers: the queue delivers feedback to count; the schedule ends suspensions that are due. */
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
        await report.close((unpublished) => failures.addUnpublished(unpublished));
      }
      return isQueueEvent(event) ? failures.response() : undefined;
    });
}

function isQueueEvent(event: Invocation): event is SQSEvent {
  return event !== null && event !== undefined && 'Records' in event;
}
