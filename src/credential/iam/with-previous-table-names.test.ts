import { expect, it } from 'vitest';
import { SesameError } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { EncryptionContext, PasswordDecryption } from './password-encryption.ts';
import { withPreviousTableNames } from './with-previous-table-names.ts';

const context: EncryptionContext = { table: 'mail-restored', username: 'jane', access_key_id: 'AKIA1' };

/** Decrypts what was encrypted for one table, and records the table names of all calls. */
function createDecryption(
  table: string,
  code = 'InvalidCiphertext',
): { decryption: PasswordDecryption; asked: string[] } {
  const asked: string[] = [];
  const decrypt = (_password: string, { table: wanted }: EncryptionContext) => {
    asked.push(wanted);
    return wanted === table
      ? Promise.resolve(new Secret(`of ${table}`))
      : Promise.reject(new SesameError(code, 'permanent', `not of ${wanted}`));
  };
  return { decryption: { decrypt }, asked };
}

it('decrypts a password with the table’s current name in one call', async () => {
  const { decryption, asked } = createDecryption('mail-restored');
  const opened = await withPreviousTableNames(decryption, ['mail']).decrypt('x', context);
  expect(opened.reveal()).toBe('of mail-restored');
  expect(asked).toEqual(['mail-restored']);
});

it('decrypts a password with a former name of the table', async () => {
  const { decryption, asked } = createDecryption('mail');
  const opened = await withPreviousTableNames(decryption, ['mail-2', 'mail']).decrypt('x', context);
  expect(opened.reveal()).toBe('of mail');
  expect(asked).toEqual(['mail-restored', 'mail-2', 'mail']);
});

it('throws the error for the table’s current name if no name works', async () => {
  const { decryption } = createDecryption('elsewhere');
  await expect(withPreviousTableNames(decryption, ['mail']).decrypt('x', context)).rejects.toThrow(
    'not of mail-restored',
  );
});

it('tries no other name if KMS failed for another reason', async () => {
  const { decryption, asked } = createDecryption('mail', 'Throttling');
  await expect(withPreviousTableNames(decryption, ['mail']).decrypt('x', context)).rejects.toThrow(
    'not of mail-restored',
  );
  expect(asked).toEqual(['mail-restored']);
});
