import { requireValid } from './check-attributes.ts';
import { readAttributes } from './credential-view.ts';
import { readForWrite } from './read-for-write.ts';
import { type WriteDeps, type WriteRequest, type WrittenCredential, writeChange } from './write-credential.ts';

/**
 * Enables a credential with its existing password, retries a failed one, and ends a suspension.
 *
 * @throws InvalidAttributesError if the record's attributes are invalid; RecordChangedError `RevisionChanged` with the
 * current credential; SesameError `CredentialNotFound`
 */
export async function enableCredential(request: WriteRequest, deps: WriteDeps): Promise<WrittenCredential> {
  const record = await readForWrite(request, deps);
  const isOn = !record.isToBeOff && (record.status === 'active' || record.status === 'pending');
  const attributes = { ...readAttributes(record.item), status: 'pending' };
  const warnings = requireValid({ username: request.username, given: {}, attributes }, deps);
  const set = isOn ? {} : { status: 'pending' };
  return await writeChange(request, { set, remove: [] }, { ...record, warnings }, deps);
}
