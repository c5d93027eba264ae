import { SesameError } from '../errors.ts';

/**
 * The claim has expired or soon will, so another function may hold the record. This one must not start anything more.
 */
export function claimOver(
  message = 'The claim on the record has expired. The next attempt, or the function that works on the record now, removes the rest.',
): SesameError {
  return new SesameError('ClaimOver', 'conflict', message);
}
