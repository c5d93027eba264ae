import { createHasTime, type HasTime } from './time-left.ts';

/** What a schedule hands over: the input that Terraform and the local stack give it. */
export interface ScheduledEvent {
  /** Unique for each time it fires: `<aws.scheduler.execution-id>`. */
  readonly id?: string;
}

/** The part of Lambda's context that scheduled functions use. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What is left undone when this little time is left: one piece of work may take that long, throttled and retried. */
const reserveMs = 20_000;

/** One run of a scheduled function: the id in all that it tells, and whether there's time for another piece of work. */
export interface ScheduledRun {
  readonly correlationId: string;
  readonly hasTime: HasTime;
}

/**
 * @param event whatever came; a run by hand may bring nothing at all
 * @param waitMs how long a piece of work may wait on purpose
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
