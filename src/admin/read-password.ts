import type { CredentialTable } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import type { PasswordDecryption } from '../credential/iam/password-encryption.ts';
import type { Secret } from '../credential/secret.ts';
import { requireRecord } from './require-record.ts';

/** The login data of a mail client. */
export interface SmtpLoginData {
  readonly username: string;
  /** The SMTP username. */
  readonly accessKeyId: string;
  readonly password: Secret;
}

export interface ReadPasswordDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  /** Also decrypts passwords that are bound to former table names, see `withPreviousTableNames`. */
  readonly decryption: PasswordDecryption;
  /** The table's name, to which each password is bound. */
  readonly table: string;
}

/**
 * Reads the current SMTP password of a credential, whatever its status.
 *
 * @throws SesameError: `CredentialNotFound`, permanent; `PasswordNotReady`, conflict, when there is none yet; or what KMS and the table
 *   throw
 */
export async function readPassword(
  { username }: { readonly username: string },
  { credentials, decryption, table }: ReadPasswordDeps,
): Promise<SmtpLoginData> {
  const { accessKeyId, encryptedPassword, rawStatus } = await requireRecord(username, credentials);
  if (accessKeyId === undefined || encryptedPassword === undefined) {
    throw new SesameError(
      'PasswordNotReady',
      'conflict',
      `The credential ${username} has no password: its status is ${JSON.stringify(rawStatus)}. It gets one when it becomes "active".`,
    );
  }
  const password = await decryption.decrypt(encryptedPassword, { table, username, access_key_id: accessKeyId });
  return { username, accessKeyId, password };
}
