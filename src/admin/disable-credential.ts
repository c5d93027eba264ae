import { readForWrite } from './read-for-write.ts';
import { type WriteDeps, type WriteRequest, type WrittenCredential, writeChange } from './write-credential.ts';

/**
 * Switches a credential off, whatever is wrong with its record, until somebody enables it. A suspension that would end by itself doesn't any
 * more. Its keys become Inactive a moment later: then `description.state` is `disabled`.
 *
 * @throws RecordChangedError `RevisionChanged` with the credential as it is; SesameError `CredentialNotFound`
 */
export async function disableCredential(request: WriteRequest, deps: WriteDeps): Promise<WrittenCredential> {
  const record = await readForWrite(request, deps);
  const set = record.isToBeOff ? {} : { status: 'disabled' };
  const remove = record.item['suspension'] === undefined ? [] : ['suspension'];
  return await writeChange(request, { set, remove }, record, deps);
}
