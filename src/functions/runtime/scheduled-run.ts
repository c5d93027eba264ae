import { createHasTime, type HasTime } from './time-left.ts';

/** The input of a scheduled invocation, as Terraform and the local stack configure it. */
export interface ScheduledEvent {
  /** Unique per execution of the schedule: `<aws.scheduler.execution-id>`. */
  readonly id?: string;
}

/** The part of Lambda's context that scheduled functions use. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Below this remaining time no work is started. One piece of work may take that long, with throttling and retries. */
const reserveMs = 20_000;

/**
 * One run of a scheduled function: the correlation id of its logs and events, and whether there is time for more work.
 */
export interface ScheduledRun {
  readonly correlationId: string;
  readonly hasTime: HasTime;
}

/**
 * @param event may be missing when the function is invoked by hand
 * @param waitMs how long a piece of work may deliberately wait
 */
export function createScheduledRun(
  event: ScheduledEvent | null | undefined,
  context: InvocationContext,
  waitMs = 0,
): ScheduledRun {
  return {
    correlationId: event?.id ?? context.awsRequestId,
    hasTime: createHasTime(context, reserveMs + waitMs),
  };
}
