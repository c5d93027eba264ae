import type { Secret } from '../secret.ts';

/** Binds a ciphertext to its record: KMS decrypts only when the same three values are given again. */
export interface EncryptionContext {
  readonly table: string;
  readonly username: string;
  readonly access_key_id: string;
}

export interface PasswordEncryption {
  /** Base64 of the KMS ciphertext. */
  encrypt(password: Secret, context: EncryptionContext): Promise<string>;
}

export interface PasswordDecryption {
  /** Opens what `encrypt` made. Throws a SesameError of kind `retryable` that shows nothing of either. */
  decrypt(encryptedPassword: string, context: EncryptionContext): Promise<Secret>;
}
