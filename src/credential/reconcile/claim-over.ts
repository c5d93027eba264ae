import { SesameError } from '../errors.ts';

/** Somebody else may soon hold the record: nothing more is begun. */
export function claimOver(): SesameError {
  const message =
    'The claim on the record is over. The next try, or whoever works on the record by now, removes the rest.';
  return new SesameError('ClaimOver', 'conflict', message);
}
