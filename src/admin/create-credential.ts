import type { Item } from '../credential/credential-table.ts';
import { CREDENTIAL_ENTITY_TYPE } from '../credential/record/record.ts';
import { requireValid } from './check-attributes.ts';
import { viewCredential } from './credential-view.ts';
import { RecordChangedError, revisionChanged } from './record-changed-error.ts';
import { attributionOf, type Requester, type WriteDeps, type WrittenCredential } from './write-credential.ts';

/** Default attributes of a new record. */
export const newRecordDefaults: Item = { status: 'pending', entity_type: CREDENTIAL_ENTITY_TYPE };

export interface CreateRequest extends Requester {
  readonly username: string;
  /** By the record's attribute names. `status` defaults to `pending`. */
  readonly attributes: Item;
}

/**
 * Creates a credential by writing its record. The system then creates the IAM user, the key and the password.
 *
 * @throws InvalidAttributesError; RecordChangedError `CredentialExists` with the existing credential
 */
export async function createCredential(request: CreateRequest, deps: WriteDeps): Promise<WrittenCredential> {
  const { username, attributes: given } = request;
  const nowMs = deps.now();
  const attributes = { ...newRecordDefaults, ...given, ...attributionOf(request, nowMs) };
  const warnings = requireValid({ username, given, attributes }, deps);
  const result = await deps.credentials.insert(username, attributes);
  if (!result.written) {
    if (result.item === undefined) throw revisionChanged(username, undefined, nowMs);
    throw new RecordChangedError(
      'CredentialExists',
      `There is a credential ${username} already. Nothing was written.`,
      viewCredential(username, result.item, nowMs),
    );
  }
  return { ...viewCredential(username, result.item, nowMs), isUnchanged: false, warnings };
}
