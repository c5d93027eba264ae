import { describe, expect, it } from 'vitest';
import { SesameError } from '../credential/errors.ts';
import type { EncryptionContext } from '../credential/iam/password-encryption.ts';
import { withPreviousTableNames } from '../credential/iam/with-previous-table-names.ts';
import { Secret } from '../credential/secret.ts';
import { readPassword } from './read-password.ts';

const active = { status: 'active', access_key_id: 'AKIAEXAMPLE', encrypted_password: 'cipher' };

/** A table with one record, and a key that only decrypts its password under the table name `boundTo`. */
function depsWith(item: Record<string, unknown> | undefined, boundTo = 'mail') {
  const decryption = {
    decrypt(encrypted: string, context: EncryptionContext) {
      return context.table === boundTo
        ? Promise.resolve(new Secret(`${encrypted} of ${context.username} ${context.access_key_id}`))
        : Promise.reject(new SesameError('InvalidCiphertextException', 'permanent', 'It is another.'));
    },
  };
  return {
    table: 'mail',
    credentials: { read: async (username: string) => (username === 'jane' ? item : undefined) },
    decryption: withPreviousTableNames(decryption, ['mail-before']),
  };
}

describe('readPassword', () => {
  it.each(['active', 'disabled', 'failed'])('decrypts the password of a credential that is %s', async (status) => {
    const login = await readPassword({ username: 'jane' }, depsWith({ ...active, status }));
    expect(login).toMatchObject({ username: 'jane', accessKeyId: 'AKIAEXAMPLE' });
    expect(login.password.reveal()).toBe('cipher of jane AKIAEXAMPLE');
    expect(JSON.stringify(login)).not.toContain('cipher');
  });

  it('decrypts a password that is bound to a former table name', async () => {
    const { password } = await readPassword({ username: 'jane' }, depsWith(active, 'mail-before'));
    expect(password.reveal()).toContain('cipher');
  });

  it('says why there is no password', async () => {
    const read = (username: string, item?: Record<string, unknown>) => readPassword({ username }, depsWith(item));
    await expect(read('john', active)).rejects.toMatchObject({ code: 'CredentialNotFound', kind: 'permanent' });
    await expect(read('jane', { status: 'pending' })).rejects.toMatchObject({
      code: 'PasswordNotReady',
      kind: 'conflict',
      message: expect.stringContaining('"pending"'),
    });
    await expect(readPassword({ username: 'jane' }, depsWith(active, 'other'))).rejects.toMatchObject({
      code: 'InvalidCiphertextException',
    });
  });
});
