import { viewCredential } from './credential-view.ts';
import { readForWrite } from './read-for-write.ts';
import { RecordChangedError } from './record-changed-error.ts';
import { type WriteDeps, type WriteRequest, type WrittenCredential, writeChange } from './write-credential.ts';

/**
 * Requests a new password. The old one works during the grace period. If a rotation is already running, the new one
 * starts after it.
 *
 * @throws RecordChangedError `CredentialNotActive`, `RevisionChanged` with the credential as it is; SesameError `CredentialNotFound`
 */
export async function rotateCredential(request: WriteRequest, deps: WriteDeps): Promise<WrittenCredential> {
  const record = await readForWrite(request, deps);
  const { username } = request;
  if (record.status !== 'active') {
    throw new RecordChangedError(
      'CredentialNotActive',
      `The credential ${username} isn't active, so it gets no new password. Nothing was written.`,
      viewCredential(username, record.item, deps.now()),
    );
  }
  const set = record.rotateRequested ? {} : { rotate_requested: true };
  return await writeChange(request, { set, remove: [] }, record, deps);
}
