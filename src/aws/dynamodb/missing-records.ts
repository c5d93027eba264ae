import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { MissingRecords } from '../../mail-events/stores.ts';
import { toAwsProblem } from '../aws-problem.ts';
import type { AlertWindowsOptions } from './alert-windows.ts';
import { readItem } from './read-item.ts';
import { missingRecordKey } from './table-design.ts';

const DAY_SECONDS = 86_400;

/** An item for each IAM user that sent mail and had no record. TTL removes it, long after the sweep has reported such a user. */
export function createMissingRecords(client: () => DynamoDBClient, options: AlertWindowsOptions): MissingRecords {
  const { table, expiryAttribute, now } = options;
  return {
    async since(iamUserName) {
      const nowMs = now();
      const expiresAt = Math.ceil(nowMs / 1000) + 90 * DAY_SECONDS;
      try {
        await client().send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({
              ...missingRecordKey(iamUserName),
              since_ms: nowMs,
              [expiryAttribute]: expiresAt,
            }),
            ConditionExpression: 'attribute_not_exists(PK)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return nowMs;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw toAwsProblem('dynamodb:PutItem', error);
        const sinceMs = readItem(error.Item ?? {})['since_ms'];
        // A time that lies ahead would silence the finding for ever.
        return typeof sinceMs === 'number' && sinceMs <= nowMs ? sinceMs : nowMs;
      }
    },
  };
}
