import type { Item } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { credentialNotFound } from './require-record.ts';

/** Another writer changed the record first. Holds the current credential, so that the caller can decide again. */
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

/** The error of a refused write: the record has changed or no longer exists. */
export function revisionChanged(username: string, item: Item | undefined, nowMs: number): SesameError {
  if (item === undefined) return credentialNotFound(username);
  return new RecordChangedError(
    'RevisionChanged',
    `Somebody else has changed the credential ${username}. Nothing was written. Read the current version, then decide again.`,
    viewCredential(username, item, nowMs),
  );
}
