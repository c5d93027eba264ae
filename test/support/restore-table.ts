import {
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';

/**
 * Restores a table as DynamoDB does: into a new table, with all attributes of its items, but without stream and TTL. The items
 * appear on no stream.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.Tutorial.html
 *
 * @param wasThere whether a username's credential existed at the time of the backup; by default all did
 */
export async function restoreTable(
  dynamodb: DynamoDBClient,
  from: string,
  to: string,
  wasThere: (username: string) => boolean = () => true,
): Promise<void> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName: to,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'PK', KeyType: 'HASH' },
        { AttributeName: 'SK', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'PK', AttributeType: 'S' },
        { AttributeName: 'SK', AttributeType: 'S' },
      ],
    }),
  );
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: from })) {
    for (const Item of Items) {
      const username = Item['SK']?.S?.replace(/^USER#/, '') ?? '';
      if (wasThere(username)) await dynamodb.send(new PutItemCommand({ TableName: to, Item }));
    }
  }
}

/** Enables the stream, as the runbook says: after a restore and before the deployment is applied. */
export async function switchOnStream(dynamodb: DynamoDBClient, table: string): Promise<void> {
  await dynamodb.send(
    new UpdateTableCommand({
      TableName: table,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
}
