import type { CredentialTable } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import { type CredentialRecord, readRecord } from '../credential/record/record.ts';

/**
 * Reads the current record of a credential.
 *
 * @throws SesameError `CredentialNotFound`, permanent, if there is no record; or what the table throws
 */
export async function requireRecord(
  username: string,
  credentials: Pick<CredentialTable, 'read'>,
): Promise<CredentialRecord> {
  const item = await credentials.read(username);
  if (item === undefined) throw credentialNotFound(username);
  return readRecord(username, item);
}

/** The error for a username without a record. */
export function credentialNotFound(username: string): SesameError {
  return new SesameError(
    'CredentialNotFound',
    'permanent',
    `There is no credential ${JSON.stringify(username)}. Upper and lower case count.`,
  );
}
