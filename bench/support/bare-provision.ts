import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';

export interface BareSettings {
  readonly table: string;
  readonly kmsKeyArn: string;
  readonly permissionsBoundaryArn: string;
  /** The records' partition key; by default our own. */
  readonly partitionKey?: string;
}

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['ses:SendEmail', 'ses:SendRawEmail'],
      Resource: [
        'arn:aws:ses:us-east-1:000000000000:identity/*',
        'arn:aws:ses:us-east-1:000000000000:configuration-set/smtp',
      ],
      Condition: { StringLike: { 'ses:FromAddress': ['john.doe@example.com', '*@marketing.example.com'] } },
    },
  ],
});

/** The baseline: the six AWS calls for a new credential in the same five rounds, and nothing else. No checks, logs or undo. */
export function createBareProvision(settings: BareSettings, client: object = {}) {
  const dynamoDb = new DynamoDBClient(client);
  const iam = new IAMClient(client);
  const kms = new KMSClient(client);
  return async (username: string): Promise<void> => {
    const UserName = `ses-smtp-user-${username}-${Date.now()}`;
    const by = `${username}-${Date.now()}`;
    const Key = { PK: { S: settings.partitionKey ?? 'SMTP_USER' }, SK: { S: `USER#${username}` } };
    await dynamoDb.send(
      new UpdateItemCommand({
        TableName: settings.table,
        Key,
        UpdateExpression: 'SET claim = :claim',
        ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(claim)',
        ExpressionAttributeValues: { ':claim': { M: { by: { S: by }, iam_user_name: { S: UserName } } } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const user = await iam.send(
      new CreateUserCommand({
        UserName,
        Path: `/ses-smtp/us-east-1/${settings.table}/`,
        PermissionsBoundary: settings.permissionsBoundaryArn,
        Tags: [
          { Key: 'sesame:table', Value: `us-east-1/${settings.table}` },
          { Key: 'sesame:username', Value: username },
          { Key: 'sesame:managed-by', Value: 'sesame' },
        ],
      }),
    );
    const [key] = await Promise.all([
      iam.send(new CreateAccessKeyCommand({ UserName })),
      iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'sesame-sending', PolicyDocument: policy })),
    ]);
    const accessKeyId = key.AccessKey?.AccessKeyId ?? '';
    const cipher = await kms.send(
      new EncryptCommand({
        KeyId: settings.kmsKeyArn,
        Plaintext: Buffer.from(key.AccessKey?.SecretAccessKey ?? ''),
        EncryptionContext: { table: settings.table, username, access_key_id: accessKeyId },
      }),
    );
    await dynamoDb.send(
      new UpdateItemCommand({
        TableName: settings.table,
        Key,
        UpdateExpression:
          'SET #status = :active, access_key_id = :key, encrypted_password = :password, iam_user_arn = :arn, updated_at = :at REMOVE claim',
        ConditionExpression: 'claim.#by = :by AND #status = :pending',
        ExpressionAttributeNames: { '#status': 'status', '#by': 'by' },
        ExpressionAttributeValues: {
          ':active': { S: 'active' },
          ':pending': { S: 'pending' },
          ':key': { S: accessKeyId },
          ':password': { S: Buffer.from(cipher.CiphertextBlob ?? []).toString('base64') },
          ':arn': { S: user.User?.Arn ?? '' },
          ':at': { S: new Date().toISOString() },
          ':by': { S: by },
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
  };
}
