import type { SesameError } from '../credential/errors.ts';
import type { Outcome } from '../credential/reconcile/contract.ts';

/** When a message is retried, and when it is parked. */
export interface RedriveSettings {
  /** A message is parked after this many attempts in total. */
  readonly maxAttempts: number;
  readonly backoffBaseSeconds: number;
  readonly backoffLimitSeconds: number;
}

/** The result of one attempt. */
export type AttemptResult =
  | { readonly result: 'done' }
  | { readonly result: 'failed'; readonly error: SesameError }
  /** Another function works on the record, or time ran out: not the message's fault. */
  | { readonly result: 'busy'; readonly retryAfterSeconds: number; readonly error: SesameError };

export type NextStep =
  | { readonly next: 'delete' }
  | { readonly next: 'wait'; readonly seconds: number; readonly error: SesameError }
  | { readonly next: 'park'; readonly error: SesameError };

export interface MessageDelay {
  /** Hides a received message for this long; then its queue delivers it again. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
}

/** A busy message gets this many times as many attempts as a failing one. */
const busyAllowance = 2;

/**
 * Decides what happens to a message after an attempt.
 *
 * @param attempts all attempts including this one: the dead letter's own retryCount plus SQS's receive count
 * @param random between 0 and 1
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

/** If the record of a dead letter was busy, this many attempts happen before the lease ends. They don't count. */
const shortBusyAttempts = 2;
const shortBusyDelaySeconds = 10;

/**
 * The number of attempts, computed from SQS's receive count.
 *
 * @param beganBusy the dead letter was written because another function had claimed the record, not because of a
 *   failure
 */
export function countAttempts(received: number, beganBusy: boolean): number {
  return beganBusy ? Math.max(1, received - shortBusyAttempts) : received;
}

/** How long such a dead letter waits if its record is still busy. Most claims end long before the lease does. */
export function busyDelaySeconds(received: number, retryAfterSeconds: number): number {
  return received < shortBusyAttempts ? Math.min(shortBusyDelaySeconds, retryAfterSeconds) : retryAfterSeconds;
}

/**
 * Doubles with each attempt up to the limit. Half of it is random, so that messages that failed together are not
 * retried together. https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function retryDelaySeconds(attempts: number, settings: RedriveSettings, random: number): number {
  const { backoffBaseSeconds, backoffLimitSeconds } = settings;
  const fullSeconds = Math.min(backoffLimitSeconds, backoffBaseSeconds * 2 ** Math.max(0, attempts - 1));
  return Math.ceil(fullSeconds / 2 + (fullSeconds / 2) * random);
}

/** Converts the outcome of a reconcile. A permanent fault counts as done, because it is recorded on the record. */
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
