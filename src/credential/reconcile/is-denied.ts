import { SesameError } from '../errors.ts';

/** Whether AWS refused a call because a permission is missing. */
export function isDenied(error: unknown): boolean {
  return error instanceof SesameError && error.code.startsWith('AccessDenied');
}
