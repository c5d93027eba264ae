import type { CredentialTable, Item } from '../credential/credential-table.ts';
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

/** A record that has a password. */
export interface PasswordRecord {
  readonly username: string;
  readonly item: Item;
  readonly accessKeyId: string;
  readonly encryptedPassword: string;
}

/**
 * Reads the current SMTP password of a credential, whatever its status.
 *
 * @throws SesameError: `CredentialNotFound`, permanent; `PasswordNotReady`, conflict, when there is none yet; or what KMS and the table
 *   throw
 */
export async function readPassword(
  { username }: { readonly username: string },
  deps: ReadPasswordDeps,
): Promise<SmtpLoginData> {
  return await decryptPassword(await requirePassword(username, deps), deps);
}

/** @throws SesameError `CredentialNotFound`, `PasswordNotReady` */
export async function requirePassword(
  username: string,
  { credentials }: Pick<ReadPasswordDeps, 'credentials'>,
): Promise<PasswordRecord> {
  const { accessKeyId, encryptedPassword, rawStatus, item } = await requireRecord(username, credentials);
  if (accessKeyId === undefined || encryptedPassword === undefined) {
    throw new SesameError(
      'PasswordNotReady',
      'conflict',
      `The credential ${username} has no password: its status is ${JSON.stringify(rawStatus)}. It gets one when it becomes "active".`,
    );
  }
  return { username, item, accessKeyId, encryptedPassword };
}

export async function decryptPassword(
  { username, accessKeyId, encryptedPassword }: PasswordRecord,
  { decryption, table }: Pick<ReadPasswordDeps, 'decryption' | 'table'>,
): Promise<SmtpLoginData> {
  const password = await decryption.decrypt(encryptedPassword, { table, username, access_key_id: accessKeyId });
  return { username, accessKeyId, password };
}
