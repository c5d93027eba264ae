import { SesameError } from '../errors.ts';
import type { PasswordDecryption } from './password-encryption.ts';

/**
 * Opens passwords of a table that was restored under another name: those that were encrypted before are bound to the former name.
 *
 * @param names what the table was called before, in the order in which they are tried
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

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html: the ciphertext is damaged, or the context is another one. */
function isWrongContext(error: unknown): boolean {
  return error instanceof SesameError && error.code.startsWith('InvalidCiphertext');
}
