import { RequestError } from './problem.ts';

/**
 * The revision that `If-Match` names. Undefined for `*`: any version will do.
 *
 * @throws RequestError 400, 412, 428
 */
export function readIfMatch(header: string | undefined, isRequired: boolean): string | undefined {
  if (header === undefined || header.trim() === '') {
    if (!isRequired) return undefined;
    throw new RequestError(
      428,
      'IfMatchMissing',
      'A change needs If-Match with the ETag of the version that you saw, or * for any version.',
    );
  }
  const value = header.trim();
  if (value === '*') return undefined;
  // A weak tag never matches: RFC 9110, section 13.1.1.
  if (/^W\//.test(value)) {
    throw new RequestError(412, 'RevisionChanged', 'A weak ETag identifies no version. Send the ETag as you got it.');
  }
  const revision = /^"([^"]*)"$/.exec(value)?.[1];
  if (revision === undefined) {
    throw new RequestError(400, 'InvalidIfMatch', 'If-Match takes one ETag in double quotes, or *.');
  }
  return revision;
}
