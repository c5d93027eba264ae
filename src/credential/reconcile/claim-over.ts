import { SesameError } from '../errors.ts';

/** Another function may hold the record now or soon, so this one starts nothing more. */
export function claimOver(
  message = 'The claim on the record is over. The next attempt, or the function that works on the record now, removes the rest.',
): SesameError {
  return new SesameError('ClaimOver', 'conflict', message);
}
