import { SesameError } from '../errors.ts';

/** Why something in IAM could not be removed. Where a function returns this or nothing, nothing means that all of it is gone. */
export interface LeftOver {
  readonly cause: unknown;
}

/** An IAM user that must go and is still there, with the reason that AWS gave. */
export function leftOverError(iamUserName: string, { cause }: LeftOver): SesameError {
  return new SesameError(
    'IamUserLeftOver',
    'retryable',
    `The IAM user ${iamUserName} could not be deleted completely. ${describe(cause)}`,
    { cause },
  );
}

/** A key that no record names and that must be deleted, of a user that another function works on. Its secret is lost. */
export function keyLeftOverError(iamUserName: string, accessKeyId: string, { cause }: LeftOver): SesameError {
  return new SesameError(
    'AccessKeyLeftOver',
    'retryable',
    `The access key ${accessKeyId} of the IAM user ${iamUserName}, which no record knows, could not be deleted. ` +
      `The next attempt removes it, or the sweep does. ${describe(cause)}`,
    { cause },
  );
}

/** A problem after which the undoing failed too. Both reasons are needed to mend it. */
export function addLeftOver(problem: SesameError, { cause }: LeftOver): SesameError {
  return new SesameError(
    problem.code,
    problem.kind,
    `${problem.message} What was made in IAM could not be removed yet. ${describe(cause)}`,
    { cause: problem.cause ?? cause },
  );
}

/** What isn't an error of ours may quote anything: its name has to do. */
function describe(cause: unknown): string {
  if (cause instanceof SesameError) return cause.message;
  return `An unexpected ${cause instanceof Error ? cause.name : typeof cause} ended the removal. Sesame tries it again automatically.`;
}
