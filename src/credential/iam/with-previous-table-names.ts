import { SesameError } from '../errors.ts';
import type { PasswordDecryption } from './password-encryption.ts';

/**
 * Decrypts passwords of a table that was restored under another name. Passwords that were encrypted before are bound to
 * a former name.
 *
 * @param names the former names of the table, in the order in which they are tried
 */
export function withPreviousTableNames(decryption: PasswordDecryption, names: readonly string[]): PasswordDecryption {
  return {
    async decrypt(encryptedPassword, context) {
      let refusal: unknown;
      for (const table of [context.table, ...names]) {
        try {
          return await decryption.decrypt(encryptedPassword, { ...context, table });
        } catch (error) {
          if (!isWrongContext(error)) throw error;
          refusal ??= error;
        }
      }
      throw refusal;
    },
  };
}

/**
 * Whether the ciphertext is damaged or has another context:
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 */
function isWrongContext(error: unknown): boolean {
  return error instanceof SesameError && error.code.startsWith('InvalidCiphertext');
}
