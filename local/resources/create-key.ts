import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { unlessThere } from './unless-there.ts';

/** Creates the key that encrypts passwords, or finds it by its alias. Returns its ARN. */
export async function createKey(kms: KMSClient, alias: string): Promise<string> {
  const known = await unlessThere(kms.send(new DescribeKeyCommand({ KeyId: alias })), 'NotFoundException');
  if (known?.KeyMetadata?.Arn) return known.KeyMetadata.Arn;
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'SMTP passwords' }));
  if (!KeyMetadata?.Arn) throw new Error('KMS made a key without an ARN.');
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata.Arn }));
  return KeyMetadata.Arn;
}
