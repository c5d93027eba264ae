import { SesameError } from '../errors.ts';

/**
 * How long IAM may go on showing an old state. It is eventually consistent: a new user or key may be missing from what it
 * lists, a deleted one may still be there, and a key's status may be the one before.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * AWS names no limit. Delays of seconds are usual; this is far above all that has been reported.
 */
export const IAM_PROPAGATION_SECONDS = 300;

/** How far the clocks of two functions may differ. A time further ahead than this was written by hand, or by a wrong clock. */
export const MAX_CLOCK_SKEW_SECONDS = 120;

/**
 * Whether something was made or changed so short a time ago that IAM may not show it yet. Times in epoch milliseconds. A time in the
 * future counts as old: nothing may wait for it for ever.
 */
export function isYoung(sinceMs: number, nowMs: number, propagationSeconds: number = IAM_PROPAGATION_SECONDS): boolean {
  return sinceMs <= nowMs + MAX_CLOCK_SKEW_SECONDS * 1000 && nowMs < sinceMs + propagationSeconds * 1000;
}

/** When an IAM user's name was given, by the 13 digits at its end: epoch milliseconds. 0 when it has none. */
export function iamUserNamedAtMs(iamUserName: string): number {
  return Number(/-([1-9]\d{12})$/.exec(iamUserName)?.[1] ?? 0);
}

/** IAM doesn't show a user that may well be there. Nothing follows from that, except to look again later. */
export function iamUserNotVisible(iamUserName: string): SesameError {
  return new SesameError(
    'IamUserNotVisible',
    'retryable',
    `IAM does not show the IAM user ${iamUserName}, which is too young to be called missing: a new user may take ` +
      'a while to be seen. Sesame looks it up again automatically.',
  );
}

/** IAM knows nothing of a managed policy that may well be there, and be attached. */
export function policyNotVisible(iamUserName: string): SesameError {
  return new SesameError(
    'PolicyNotVisible',
    'retryable',
    `IAM does not know the managed policy of the IAM user ${iamUserName}, which is too young to be called missing: a new policy ` +
      'may take a while to be seen. Sesame tries it again automatically.',
  );
}

/** IAM knows nothing of a key that may well be there. */
export function accessKeyNotVisible(iamUserName: string, accessKeyId: string): SesameError {
  return new SesameError(
    'AccessKeyNotVisible',
    'retryable',
    `IAM does not know the access key ${accessKeyId} of the IAM user ${iamUserName}, which is too young to be called ` +
      'missing: a new key may take a while to be seen. Sesame tries it again automatically.',
  );
}
