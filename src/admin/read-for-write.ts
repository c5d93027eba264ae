import type { CredentialRecord } from '../credential/record/record.ts';
import { revisionOf } from '../credential/record/revision.ts';
import { revisionChanged } from './record-changed-error.ts';
import { requireRecord } from './require-record.ts';
import type { WriteDeps, WriteRequest } from './write-credential.ts';

/**
 * Reads a credential before a change. If the caller expects a revision, it must be the current one.
 *
 * @throws RecordChangedError `RevisionChanged`; SesameError `CredentialNotFound`
 */
export async function readForWrite(
  { username, expectedRevision }: WriteRequest,
  { credentials, now }: Pick<WriteDeps, 'credentials' | 'now'>,
): Promise<CredentialRecord & { readonly revision: string }> {
  const record = await requireRecord(username, credentials);
  const revision = revisionOf(record.item);
  if (expectedRevision !== undefined && expectedRevision !== revision) {
    throw revisionChanged(username, record.item, now());
  }
  return { ...record, revision };
}
