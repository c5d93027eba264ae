/** The part of Lambda's context with the remaining time. It may be missing in tests and manual runs. */
export interface TimedContext {
  getRemainingTimeInMillis?(): number;
}

/** Whether there is time for another piece of work. */
export type HasTime = () => boolean;

/**
 * Returns a function that checks whether more than `reserveMs` milliseconds of the invocation remain. Work that starts
 * later may be killed halfway: claims would stay for their whole lease, and metrics and events would be lost.
 */
export function createHasTime(context: TimedContext | undefined, reserveMs: number): HasTime {
  return () => (context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY) > reserveMs;
}
