import { SesameError } from '../errors.ts';

/**
 * How long IAM may return an old state, in seconds. IAM is eventually consistent: a new user or key may be missing from
 * a list, a deleted one may still be listed, and a key may have its previous status.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * AWS documents no limit. Some seconds are usual; this value is far above all reported delays.
 */
export const IAM_PROPAGATION_SECONDS = 300;

/**
 * How far the clocks of two functions may differ, in seconds. A time further in the future was written by hand or by a
 * wrong clock.
 */
export const MAX_CLOCK_SKEW_SECONDS = 120;

/**
 * Whether something was created or changed so recently that IAM may not show it yet. Times in epoch milliseconds. A
 * time in the future counts as old, so that nothing waits for it forever.
 */
export function isYoung(sinceMs: number, nowMs: number, propagationSeconds: number = IAM_PROPAGATION_SECONDS): boolean {
  return sinceMs <= nowMs + MAX_CLOCK_SKEW_SECONDS * 1000 && nowMs < sinceMs + propagationSeconds * 1000;
}

/** The time in an IAM user's name, from the 13 digits at its end: epoch milliseconds. 0 if there is none. */
export function iamUserNamedAtMs(iamUserName: string): number {
  return Number(/-([1-9]\d{12})$/.exec(iamUserName)?.[1] ?? 0);
}

/** IAM doesn't show a user that may exist. All that can be done is to read it again later. */
export function iamUserNotVisible(iamUserName: string): SesameError {
  return new SesameError(
    'IamUserNotVisible',
    'retryable',
    `IAM does not show the IAM user ${iamUserName}, which may be too new to be visible. Sesame tries it again automatically.`,
  );
}

/** IAM doesn't know a managed policy that may exist and be attached. */
export function policyNotVisible(iamUserName: string): SesameError {
  return new SesameError(
    'PolicyNotVisible',
    'retryable',
    `IAM does not know the managed policy of the IAM user ${iamUserName}. The policy may be too new to be visible. ` +
      'Sesame tries it again automatically.',
  );
}

/** IAM doesn't know a key that may exist. */
export function accessKeyNotVisible(iamUserName: string, accessKeyId: string): SesameError {
  return new SesameError(
    'AccessKeyNotVisible',
    'retryable',
    `IAM does not know the access key ${accessKeyId} of the IAM user ${iamUserName}. The key may be too new to be visible. ` +
      'Sesame tries it again automatically.',
  );
}
