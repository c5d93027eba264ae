import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { SuppressionList } from '../../sending/sending-stores.ts';
import type { FeedbackThresholds } from '../../sending/thresholds.ts';
import { createOutcomeReport } from '../outcome-report.ts';
import type { InvocationContext, ScheduledEvent } from '../scheduled-run.ts';
import type { SendingDeps } from '../sending-dependencies.ts';
import type { CounterCache } from './counter-cache.ts';
import { endSuspensions } from './end-suspensions.ts';
import { processFeedback } from './process-feedback.ts';

export interface FeedbackDeps extends SendingDeps {
  readonly mode: 'observe' | 'suspend';
  readonly thresholds: FeedbackThresholds;
  readonly counterCache: CounterCache;
  /** Undefined: addresses are left to SES. */
  readonly suppressionList: SuppressionList | undefined;
}

type Invocation = SQSEvent | ScheduledEvent | null | undefined;

/** Two triggers: the queue brings feedback to count; the schedule brings nothing and ends what has a time to end. */
export function createHandler(
  deps: FeedbackDeps,
): (event: Invocation, context: Pick<InvocationContext, 'awsRequestId'>) => Promise<SQSBatchResponse | undefined> {
  return (event, context) =>
    deps.tracing.run(async () => {
      const report = createOutcomeReport(deps);
      try {
        if (isQueueEvent(event)) return await processFeedback(event.Records, report, deps);
        await endSuspensions(event?.id ?? context.awsRequestId, report, deps);
        return undefined;
      } finally {
        await report.close();
      }
    });
}

function isQueueEvent(event: Invocation): event is SQSEvent {
  return event !== null && event !== undefined && 'Records' in event;
}
