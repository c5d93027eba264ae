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

    async listDue(nowMs) {
      const { PK, before } = suspensionExpiryRange(nowMs);
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND SK < :before',
        ExpressionAttributeValues: marshall({ ':pk': PK, ':before': before }),
        ConsistentRead: true,
      };
      const due: DueExpiry[] = [];
      for await (const items of queryItems(client(), query)) due.push(...items.flatMap(readEnd));
      return due;
    },

    async remove(username, untilMs) {
      await client()
        .send(new DeleteItemCommand({ TableName: table, Key: marshall(suspensionExpiryKey(username, untilMs)) }))
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
