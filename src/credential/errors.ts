/**
 * How to handle a failed operation. Decided where the error is created, and evaluated once per entry point.
 *
 * - `permanent`: the record is invalid. It becomes `failed`, and only an administrator's edit starts another attempt.
 * - `retryable`: AWS is in the way (throttling, time-outs, quotas, denied access). The work is retried, then
 *   dead-lettered.
 * - `conflict`: somebody else has claimed or changed the record. Read it again.
 */
export type ErrorKind = 'permanent' | 'retryable' | 'conflict';

/** An error with a stable code, a kind, and a message that an administrator can act on. Never contains a secret. */
export class SesameError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;

  constructor(code: string, kind: ErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = code;
    this.code = code;
    this.kind = kind;
  }
}

/** The record's spec can't be fulfilled. The message names the attribute, the value and the remedy. */
export class InvalidRecordError extends SesameError {
  constructor(code: string, message: string) {
    super(code, 'permanent', message);
  }
}

/** An error as log attributes, without anything that was sent to AWS. */
export function describeError(error: SesameError): Record<string, unknown> {
  const cause = error.cause instanceof Error ? { stack: error.cause.stack } : {};
  return { error_code: error.code, error_message: error.message, ...cause };
}

/** Converts anything that was thrown to an error that is retried. */
export function toSesameError(error: unknown): SesameError {
  if (error instanceof SesameError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new SesameError(
    'UnexpectedError',
    'retryable',
    `An unexpected ${name} ended the work. Sesame tries it again automatically; if that doesn't help, report it with its log line.`,
    { cause: error },
  );
}
