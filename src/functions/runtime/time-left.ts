/** The part of Lambda's context that tells how long an invocation may still run. Tests and runs by hand may have none. */
export interface TimedContext {
  getRemainingTimeInMillis?(): number;
}

/** Whether there is time for another piece of work. */
export type HasTime = () => boolean;

/**
 * Tells whether more than `reserveMs` milliseconds are left of an invocation. What is begun later would be killed in its midst: claims
 * stay for their whole lease, and metrics and events are lost.
 */
export function createHasTime(context: TimedContext | undefined, reserveMs: number): HasTime {
  return () => (context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY) > reserveMs;
}
