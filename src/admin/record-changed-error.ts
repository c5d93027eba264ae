import type { Item } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { credentialNotFound } from './require-record.ts';

/** Somebody else was quicker. Holds the credential as it is now, so that the caller can look and decide. */
export class RecordChangedError extends SesameError {
  readonly present: CredentialView;

  constructor(
    code: 'CredentialExists' | 'RevisionChanged' | 'CredentialNotActive',
    message: string,
    present: CredentialView,
  ) {
    super(code, 'conflict', message);
    this.present = present;
  }
}

/** A refused write: the record isn't as it was expected, or isn't there. */
export function revisionChanged(username: string, item: Item | undefined, nowMs: number): SesameError {
  if (item === undefined) return credentialNotFound(username);
  return new RecordChangedError(
    'RevisionChanged',
    `Somebody else has changed the credential ${username}. Nothing was written. Look at it as it is now, then decide again.`,
    viewCredential(username, item, nowMs),
  );
}
