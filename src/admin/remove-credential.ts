import { revisionOf } from '../credential/record/revision.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { readForWrite } from './read-for-write.ts';
import { revisionChanged } from './record-changed-error.ts';
import { attributionOf, type WriteDeps, type WriteRequest } from './write-credential.ts';

/**
 * Removes a credential: its record, and with it the IAM user, the keys and the password. Nothing brings them back. Who asked for it is written
 * on the record first, because the last image of the record is what the event of its removal tells.
 *
 * @returns what was removed
 * @throws RecordChangedError `RevisionChanged` with the credential as it is; SesameError `CredentialNotFound`
 */
export async function removeCredential(request: WriteRequest, deps: WriteDeps): Promise<CredentialView> {
  const { username } = request;
  const { revision } = await readForWrite(request, deps);
  const nowMs = deps.now();
  const signed = await deps.credentials.edit(username, { set: attributionOf(request, nowMs), remove: [] }, revision);
  if (!signed.written) throw revisionChanged(username, signed.item, nowMs);
  const removed = await deps.credentials.remove(username, revisionOf(signed.item));
  if (!removed.written) throw revisionChanged(username, removed.item, nowMs);
  return viewCredential(username, removed.item, nowMs);
}
