import { SesameError } from '../errors.ts';

/**
 * The reason why something could not be removed from IAM. A function that returns `LeftOver | undefined` returns
 * undefined if everything is gone.
 */
export interface LeftOver {
  readonly cause: unknown;
}

/** An IAM user that should be deleted still exists. The message includes the reason that AWS gave. */
export function leftOverError(iamUserName: string, { cause }: LeftOver): SesameError {
  return new SesameError(
    'IamUserLeftOver',
    'retryable',
    `The IAM user ${iamUserName} could not be deleted completely. ${describe(cause)}`,
    { cause },
  );
}

/** A key that no record names must be deleted, but another function works on its user. Its secret is lost. */
export function keyLeftOverError(iamUserName: string, accessKeyId: string, { cause }: LeftOver): SesameError {
  return new SesameError(
    'AccessKeyLeftOver',
    'retryable',
    `The access key ${accessKeyId} of the IAM user ${iamUserName}, which no record names, could not be deleted. ` +
      `The next attempt removes it, or the sweep does. ${describe(cause)}`,
    { cause },
  );
}

/** Adds that the undo failed as well. An administrator needs both reasons. */
export function addLeftOver(problem: SesameError, { cause }: LeftOver): SesameError {
  return new SesameError(
    problem.code,
    problem.kind,
    `${problem.message} What was made in IAM could not be removed yet. ${describe(cause)}`,
    { cause: problem.cause ?? cause },
  );
}

/** The message of a foreign error may quote anything, so only its name is used. */
function describe(cause: unknown): string {
  if (cause instanceof SesameError) return cause.message;
  return `An unexpected ${cause instanceof Error ? cause.name : typeof cause} ended the removal. Sesame tries it again automatically.`;
}
