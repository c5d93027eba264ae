import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../credential/credential-table.ts';
import type { DueExpiry, SuspensionExpiries } from '../../mail-events/stores.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './credential-table.ts';

const partitionKey = 'SESAME#UNTIL';

/** The ends of suspensions, sorted by time: whoever looks for those that are due reads nothing else. */
export function createSuspensionEnds(client: () => DynamoDBClient, table: string): SuspensionExpiries {
  const keyOf = (username: string, untilMs: number) => ({
    PK: partitionKey,
    SK: `${new Date(untilMs).toISOString()}#${username}`,
  });
  const explain = (operation: string) => (error: unknown) => {
    throw toAwsProblem(operation, error);
  };
  return {
    async add(username, untilMs, { isEnded = false } = {}) {
      const item = { ...keyOf(username, untilMs), username, until_ms: untilMs, ...(isEnded ? { ended: true } : {}) };
      await client()
        .send(new PutItemCommand({ TableName: table, Item: marshall(item) }))
        .catch(explain('dynamodb:PutItem'));
    },

    async listDue(nowMs) {
      const due: DueExpiry[] = [];
      let start: QueryCommandOutput['LastEvaluatedKey'];
      do {
        const page: QueryCommandOutput | undefined = await client()
          .send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'PK = :pk AND SK < :now',
              // `~` comes behind every character of a time and of a username: what ends this very moment is due.
              ExpressionAttributeValues: marshall({ ':pk': partitionKey, ':now': `${new Date(nowMs).toISOString()}~` }),
              ConsistentRead: true,
              ...(start === undefined ? {} : { ExclusiveStartKey: start }),
            }),
          )
          .catch(explain('dynamodb:Query'));
        due.push(...(page?.Items ?? []).flatMap((raw) => readEnd(readItem(raw))));
        start = page?.LastEvaluatedKey;
      } while (start !== undefined);
      return due;
    },

    async remove(username, untilMs) {
      await client()
        .send(new DeleteItemCommand({ TableName: table, Key: marshall(keyOf(username, untilMs)) }))
        .catch(explain('dynamodb:DeleteItem'));
    },
  };
}

/** Returns nothing for an item that isn't ours: it is skipped, and left in the table. */
function readEnd({ username, until_ms: untilMs, ended }: Item): DueExpiry[] {
  if (typeof username !== 'string' || typeof untilMs !== 'number' || Number.isNaN(new Date(untilMs).getTime()))
    return [];
  return [{ username, untilMs, ...(ended === true ? { isEnded: true } : {}) }];
}
