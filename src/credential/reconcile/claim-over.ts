import { SesameError } from '../errors.ts';

/** Somebody else may hold the record now, or soon: nothing more is begun. */
export function claimOver(
  message = 'The claim on the record is over. The next try, or whoever works on the record by now, removes the rest.',
): SesameError {
  return new SesameError('ClaimOver', 'conflict', message);
}
