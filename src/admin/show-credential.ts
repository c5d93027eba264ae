import type { CredentialTable } from '../credential/credential-table.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { requireRecord } from './require-record.ts';

/**
 * Returns the current view of a credential.
 *
 * @throws SesameError `CredentialNotFound`, permanent
 */
export async function showCredential(
  { username }: { readonly username: string },
  { credentials, now }: { readonly credentials: Pick<CredentialTable, 'read'>; readonly now: () => number },
): Promise<CredentialView> {
  const { item } = await requireRecord(username, credentials);
  return viewCredential(username, item, now());
}
