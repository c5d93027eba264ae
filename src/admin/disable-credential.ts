import { readForWrite } from './read-for-write.ts';
import { type WriteDeps, type WriteRequest, type WrittenCredential, writeChange } from './write-credential.ts';

/**
 * Disables a credential, even if its record is invalid, until it is enabled again. Removes the expiry of a suspension.
 * The keys become Inactive a moment later; then `description.state` is `disabled`.
 *
 * @throws RecordChangedError `RevisionChanged` with the current credential; SesameError `CredentialNotFound`
 */
export async function disableCredential(request: WriteRequest, deps: WriteDeps): Promise<WrittenCredential> {
  const record = await readForWrite(request, deps);
  const set = record.isToBeOff ? {} : { status: 'disabled' };
  // The suspension of a contained credential has no expiry, and says why it is off.
  const hasExpiry = record.item['suspension'] !== undefined && record.item['contained'] === undefined;
  const remove = hasExpiry ? ['suspension'] : [];
  return await writeChange(request, { set, remove }, record, deps);
}
