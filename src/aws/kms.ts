import { DecryptCommand, EncryptCommand, KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { SesameError } from '../credential/errors.ts';
import type { PasswordDecryption, PasswordEncryption } from '../credential/iam/password-encryption.ts';
import { Secret } from '../credential/secret.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

/** A client whose errors have no message: KMS quotes what it was sent in some of them, and that is the password. */
export function createKmsClient(settings: Partial<KMSClientConfig> = {}): KMSClient {
  const client = new KMSClient({ ...clientSettings, ...settings });
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw withoutMessage(error);
      }
    },
    // Outside the retries, inside everything else that reads errors.
    { name: 'withholdMessages', step: 'build', priority: 'low' },
  );
  return client;
}

function withoutMessage(error: unknown): Error {
  const { name = 'UnknownError', $metadata } = error as { name?: string; $metadata?: object };
  return Object.assign(new Error('The message of KMS is withheld: it may quote the password.'), { name, $metadata });
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
        throw toAwsProblem('kms:Encrypt', error, { showMessage: false });
      }
    },
  };
}

/** Decrypts passwords, for the few who may: the deployment's key opens them under their record's context only. */
export function createPasswordDecryption(client: () => KMSClient, keyArn: string): PasswordDecryption {
  return {
    async decrypt(encryptedPassword, context) {
      try {
        const answer = await client().send(
          new DecryptCommand({
            KeyId: keyArn,
            CiphertextBlob: Buffer.from(encryptedPassword, 'base64'),
            EncryptionContext: { ...context },
          }),
        );
        if (answer.Plaintext === undefined) {
          throw new SesameError('EmptyAnswer', 'retryable', 'kms:Decrypt answered without a plaintext.');
        }
        return new Secret(Buffer.from(answer.Plaintext).toString());
      } catch (error) {
        throw error instanceof SesameError ? error : toAwsProblem('kms:Decrypt', error, { showMessage: false });
      }
    },
  };
}
