import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { unlessThere } from './unless-there.ts';

/** Creates the shared table, with a stream of old and new images. Returns the ARNs of the table and the stream. */
export async function createTable(
  dynamodb: DynamoDBClient,
  table: string,
  expiryAttribute = 'expires_at',
): Promise<{ tableArn: string; streamArn: string }> {
  await unlessThere(
    dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'PK', KeyType: 'HASH' },
          { AttributeName: 'SK', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'PK', AttributeType: 'S' },
          { AttributeName: 'SK', AttributeType: 'S' },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    ),
    'ResourceInUseException',
  );
  // Counters and dedup items expire.
  await unlessThere(
    dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: table,
        TimeToLiveSpecification: { AttributeName: expiryAttribute, Enabled: true },
      }),
    ),
    'ValidationException', // TTL is already on.
  );
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  if (!Table?.TableArn || !Table.LatestStreamArn) throw new Error(`The table ${table} has no stream.`);
  return { tableArn: Table.TableArn, streamArn: Table.LatestStreamArn };
}
