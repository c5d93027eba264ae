/**
 * How a failed operation is to be treated. Decided where the error is created, read once per entry point.
 *
 * - `permanent`: the record is wrong. It becomes `failed`; only an administrator's edit starts it again.
 * - `retryable`: the world is in the way (throttling, time-outs, quotas, denied access). Tried again, then dead-lettered.
 * - `conflict`: somebody else holds or changed the record. Look at it again.
 */
export type ErrorKind = 'permanent' | 'retryable' | 'conflict';

/** An error of ours: a stable code, a kind, and a message that an administrator can act on. Never holds a secret. */
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

/** The record can't be fulfilled as it is written. The message names the attribute, the value and the remedy. */
export class InvalidRecordError extends SesameError {
  constructor(code: string, message: string) {
    super(code, 'permanent', message);
  }
}

/** An error as log attributes: never what was sent to AWS. */
export function describeError(error: SesameError): Record<string, unknown> {
  const cause = error.cause instanceof Error ? { stack: error.cause.stack } : {};
  return { error_code: error.code, error_message: error.message, ...cause };
}

/** Whatever was thrown, as a problem that is tried again. */
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
