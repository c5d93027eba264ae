import { SesameError } from '../credential/errors.ts';
import { findErrorRule } from './error-table.ts';

/** The parts of an SDK exception that we read. */
interface AwsException {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
}

/**
 * An SDK exception as a problem of ours, with the kind and the remedy that the table of errors has for it. AWS's own words are
 * kept, because an operator searches for them; what was sent is not. `showMessage: false` where AWS might quote a secret that was
 * in the request.
 */
export function toAwsProblem(operation: string, error: unknown, { showMessage = true } = {}): SesameError {
  const { name, message, $metadata } = readException(error);
  const request = $metadata?.requestId === undefined ? '' : ` (request ${$metadata.requestId})`;
  const words = showMessage && message !== '' ? `: ${message}` : '';
  const { kind, remedy, code = name } = findErrorRule(operation, name, message, $metadata?.httpStatusCode);
  return new SesameError(code, kind, `${operation} failed: ${name}${words}${request}. ${remedy}`);
}

/** The name that AWS gives an exception, whichever class it arrives in. */
export function awsErrorName(error: unknown): string {
  return readException(error).name;
}

function readException(error: unknown): AwsException {
  return error instanceof Error ? (error as AwsException) : { name: 'UnknownError', message: String(error) };
}
