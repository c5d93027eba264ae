import type { Secret } from '../secret.ts';

/** Binds a ciphertext to its record: KMS decrypts it only with the same three values. */
export interface EncryptionContext {
  readonly table: string;
  readonly username: string;
  readonly access_key_id: string;
}

export interface PasswordEncryption {
  /** Returns the base64 text of the KMS ciphertext. */
  encrypt(password: Secret, context: EncryptionContext): Promise<string>;
}

export interface PasswordDecryption {
  /**
   * Decrypts the result of `encrypt`. Throws a SesameError of kind `retryable` that contains neither the password nor
   * the ciphertext.
   */
  decrypt(encryptedPassword: string, context: EncryptionContext): Promise<Secret>;
}
