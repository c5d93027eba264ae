import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import type { PasswordEncryption } from '../credential/password-encryption.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

export function createKmsClient(): KMSClient {
  return new KMSClient(clientSettings);
}

/** Encrypts passwords with the deployment's key. */
export function createPasswordEncryption(client: () => KMSClient, keyArn: string): PasswordEncryption {
  return {
    async encrypt(password, context) {
      try {
        const answer = await client().send(
          new EncryptCommand({
            KeyId: keyArn,
            Plaintext: Buffer.from(password.reveal()),
            EncryptionContext: { ...context },
          }),
        );
        return Buffer.from(answer.CiphertextBlob ?? []).toString('base64');
      } catch (error) {
        // KMS quotes what it was sent in some validation errors, and that is the password.
        throw toAwsProblem('kms:Encrypt', error, { showMessage: false });
      }
    },
  };
}
