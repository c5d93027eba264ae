import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

const pollMilliseconds = 15;

/** Changes the records of a table as an administrator does, with a plain DynamoDB client. */
export function createCredentialRecords(dynamodb: DynamoDBClient, table: string) {
  const keyOf = (username: string) => ({ PK: 'SMTP_USER', SK: `USER#${username}` });

  /** Inserts a `pending` record as the design document describes it. */
  const insert = async (username: string, allowedFromAddresses: string[], more: Record<string, unknown> = {}) => {
    const record = {
      ...keyOf(username),
      status: 'pending',
      description: `Mail of ${username}`,
      allowed_from_addresses: allowedFromAddresses,
      entity_type: 'smtp_credential',
      ...more,
    };
    await dynamodb.send(new PutItemCommand({ TableName: table, Item: marshall(record) }));
  };

  const setStatus = async (username: string, status: string) => {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(keyOf(username)),
        UpdateExpression: 'SET #status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': { S: status } },
      }),
    );
  };

  const read = async (username: string): Promise<Record<string, unknown> | undefined> => {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: table, Key: marshall(keyOf(username)), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  };

  /**
   * Reads the record until `isReached` holds.
   *
   * @throws Error with the record's last state after `limitSeconds`.
   */
  const waitFor = async (
    username: string,
    isReached: (record: Record<string, unknown>) => boolean,
    limitSeconds = 20,
  ): Promise<Record<string, unknown>> => {
    const deadline = Date.now() + limitSeconds * 1000;
    for (;;) {
      const record = await read(username);
      if (record && isReached(record)) return record;
      if (Date.now() > deadline) {
        const { status, failure } = record ?? {};
        throw new Error(
          `${username} is ${status} after ${limitSeconds} s, failure: ${JSON.stringify(failure ?? null)}`,
        );
      }
      await sleep(pollMilliseconds);
    }
  };

  const waitForStatus = (username: string, status: string, limitSeconds?: number) =>
    waitFor(username, (record) => record['status'] === status, limitSeconds);

  return { insert, setStatus, read, waitFor, waitForStatus };
}
