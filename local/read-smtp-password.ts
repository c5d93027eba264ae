import { DecryptCommand, type KMSClient } from '@aws-sdk/client-kms';

/** Decrypts a record's SMTP password, as an administrator does with `aws kms decrypt`. */
export async function readSmtpPassword(
  kms: KMSClient,
  table: string,
  record: Record<string, unknown>,
): Promise<string> {
  const { Plaintext } = await kms.send(
    new DecryptCommand({
      CiphertextBlob: Buffer.from(String(record['encrypted_password']), 'base64'),
      EncryptionContext: {
        table,
        username: String(record['SK']).slice('USER#'.length),
        access_key_id: String(record['access_key_id']),
      },
    }),
  );
  if (!Plaintext) throw new Error('KMS returned no plaintext.');
  return Buffer.from(Plaintext).toString('utf8');
}
