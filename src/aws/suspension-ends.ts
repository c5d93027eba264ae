import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SuspensionEnds } from '../sending/sending-stores.ts';
import { toAwsProblem } from './aws-problem.ts';
import { readItem } from './dynamodb.ts';

const partitionKey = 'SESAME#UNTIL';

/** The ends of suspensions, sorted by time: whoever looks for those that are due reads nothing else. */
export function createSuspensionEnds(client: () => DynamoDBClient, table: string): SuspensionEnds {
  const keyOf = (username: string, untilMs: number) => ({
    PK: partitionKey,
    SK: `${new Date(untilMs).toISOString()}#${username}`,
  });
  const explain = (operation: string) => (error: unknown) => {
    throw toAwsProblem(operation, error);
  };
  return {
    async remember(username, untilMs) {
      const item = { ...keyOf(username, untilMs), username, until_ms: untilMs };
      await client()
        .send(new PutItemCommand({ TableName: table, Item: marshall(item) }))
        .catch(explain('dynamodb:PutItem'));
    },

    async listDue(nowMs) {
      const answer = await client()
        .send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'PK = :pk AND SK < :now',
            // `~` comes behind every character of a time and of a username: what ends this very moment is due.
            ExpressionAttributeValues: marshall({ ':pk': partitionKey, ':now': `${new Date(nowMs).toISOString()}~` }),
            ConsistentRead: true,
            Limit: 100,
          }),
        )
        .catch(explain('dynamodb:Query'));
      return (answer?.Items ?? []).flatMap((raw) => {
        const { username, until_ms: untilMs } = readItem(raw);
        return typeof username === 'string' && typeof untilMs === 'number' ? [{ username, untilMs }] : [];
      });
    },

    async forget(username, untilMs) {
      await client()
        .send(new DeleteItemCommand({ TableName: table, Key: marshall(keyOf(username, untilMs)) }))
        .catch(explain('dynamodb:DeleteItem'));
    },
  };
}
