import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../credential/credential-table.ts';
import type { DueExpiry, SuspensionExpiries } from '../../mail-events/stores.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { queryItems } from './query-items.ts';
import { suspensionExpiryKey, suspensionExpiryRange } from './table-design.ts';

/** The ends of suspensions, sorted by time: a query for those that are due reads nothing else. */
export function createSuspensionExpiries(client: () => DynamoDBClient, table: string): SuspensionExpiries {
  const explain = (operation: string) => (error: unknown) => {
    throw toAwsProblem(operation, error);
  };
  return {
    async add(username, untilMs, { isEnded = false } = {}) {
      const item = {
        ...suspensionExpiryKey(username, untilMs),
        username,
        until_ms: untilMs,
        ...(isEnded ? { ended: true } : {}),
      };
      await client()
        .send(new PutItemCommand({ TableName: table, Item: marshall(item) }))
        .catch(explain('dynamodb:PutItem'));
    },

    async listDue(nowMs, onUnreadable = () => {}) {
      const { PK, before } = suspensionExpiryRange(nowMs);
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND SK < :before',
        ExpressionAttributeValues: marshall({ ':pk': PK, ':before': before }),
        ConsistentRead: true,
      };
      const due: DueExpiry[] = [];
      for await (const items of queryItems(client(), query)) {
        for (const item of items) {
          const end = readEnd(item);
          if (end !== undefined) due.push(end);
          else onUnreadable(String(item['SK']));
        }
      }
      return due;
    },

    async discard(sortKey) {
      const { PK } = suspensionExpiryRange(0);
      await client()
        .send(new DeleteItemCommand({ TableName: table, Key: marshall({ PK, SK: sortKey }) }))
        .catch(explain('dynamodb:DeleteItem'));
    },

    async remove(username, untilMs) {
      await client()
        .send(new DeleteItemCommand({ TableName: table, Key: marshall(suspensionExpiryKey(username, untilMs)) }))
        .catch(explain('dynamodb:DeleteItem'));
    },
  };
}

/** Returns nothing for an item that isn't ours. */
function readEnd({ username, until_ms: untilMs, ended }: Item): DueExpiry | undefined {
  if (typeof username !== 'string' || typeof untilMs !== 'number' || Number.isNaN(new Date(untilMs).getTime()))
    return undefined;
  return { username, untilMs, ...(ended === true ? { isEnded: true } : {}) };
}
