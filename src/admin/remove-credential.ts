import { revisionOf } from '../credential/record/revision.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { readForWrite } from './read-for-write.ts';
import { revisionChanged } from './record-changed-error.ts';
import { attributionOf, type WriteDeps, type WriteRequest } from './write-credential.ts';

/**
 * Permanently removes a credential: its record, IAM user, keys and password. First writes the requester on the record,
 * because the removal event is built from the record's last image.
 *
 * @returns the removed credential
 * @throws RecordChangedError `RevisionChanged` with the current credential; SesameError `CredentialNotFound`
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
