import type { SesameError } from '../credential/errors.ts';
import type { Outcome } from '../credential/reconcile/contract.ts';

/** How a message is tried again. */
export interface RedriveSettings {
  /** After so many tries in all it is parked. */
  readonly maxAttempts: number;
  readonly backoffBaseSeconds: number;
  readonly backoffLimitSeconds: number;
}

/** How one try ended. */
export type AttemptResult =
  | { readonly result: 'done' }
  | { readonly result: 'failed'; readonly error: SesameError }
  /** Somebody else works on it, or time ran out: no fault of the message's. */
  | { readonly result: 'busy'; readonly retryAfterSeconds: number; readonly error: SesameError };

export type NextStep =
  | { readonly next: 'delete' }
  | { readonly next: 'wait'; readonly seconds: number; readonly error: SesameError }
  | { readonly next: 'park'; readonly error: SesameError };

export interface MessageDelay {
  /** Hides a received message for so long; afterwards its queue shows it again. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
}

/** Busy tries are forgiven until there were this many times as many tries as a failing message gets. */
const busyAllowance = 2;

/**
 * What to do with a message after a try. `tries` counts all of them, this one included, from the dead letter's own
 * retryCount and SQS's receive count. `random` is between 0 and 1.
 */
export function decideNext(
  outcome: AttemptResult,
  attempts: number,
  settings: RedriveSettings,
  random: number,
): NextStep {
  if (outcome.result === 'done') return { next: 'delete' };
  const { error } = outcome;
  if (outcome.result === 'busy') {
    return attempts >= settings.maxAttempts * busyAllowance
      ? { next: 'park', error }
      : { next: 'wait', seconds: outcome.retryAfterSeconds, error };
  }
  return attempts >= settings.maxAttempts
    ? { next: 'park', error }
    : { next: 'wait', seconds: retryDelaySeconds(attempts, settings, random), error };
}

/**
 * Doubles with each try up to the limit; half of it is random, so that messages that failed together don't come back
 * together. https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function retryDelaySeconds(attempts: number, settings: RedriveSettings, random: number): number {
  const { backoffBaseSeconds, backoffLimitSeconds } = settings;
  const fullSeconds = Math.min(backoffLimitSeconds, backoffBaseSeconds * 2 ** Math.max(0, attempts - 1));
  return Math.ceil(fullSeconds / 2 + (fullSeconds / 2) * random);
}

/** How a reconcile's outcome counts for the message that asked for it. A permanent fault stands on the record. */
export function toAttemptResult(outcome: Outcome, busyError: SesameError): AttemptResult {
  switch (outcome.result) {
    case 'converged':
    case 'missing':
    case 'invalid':
      return { result: 'done' };
    case 'failed':
      return { result: 'failed', error: outcome.error };
    case 'busy':
      return { result: 'busy', retryAfterSeconds: outcome.retryAfterSeconds, error: busyError };
  }
}
