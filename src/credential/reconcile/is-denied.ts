import { SesameError } from '../errors.ts';

/** Whether AWS refused a call for want of a permission. */
export function isDenied(error: unknown): boolean {
  return error instanceof SesameError && error.code.startsWith('AccessDenied');
}
