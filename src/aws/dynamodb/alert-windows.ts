import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AlertWindows } from '../../mail-events/stores.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './read-item.ts';
import { alertKey } from './table-design.ts';

/** By how much the clocks of two processes may differ, generously. */
const clockSlackMs = 3_600_000;

export interface AlertWindowsOptions {
  readonly table: string;
  /** The table's TTL attribute. */
  readonly expiryAttribute: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Published alerts, in the table: so that many invocations publish the same alert once. */
export function createAlertWindows(client: () => DynamoDBClient, options: AlertWindowsOptions): AlertWindows {
  const { table, expiryAttribute, now } = options;
  return {
    async open(attempt) {
      const { untilMs, expiresAt } = attempt;
      try {
        await client().send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...alertKey(attempt), until_ms: untilMs, [expiryAttribute]: expiresAt }),
            // No window of ours ends that late: somebody wrote it by hand, and it would silence the alert for ever.
            ConditionExpression: 'attribute_not_exists(PK) OR until_ms <= :now OR until_ms > :latest',
            ExpressionAttributeValues: marshall({ ':now': now(), ':latest': untilMs + clockSlackMs }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return true;
      } catch (error) {
        // A window that ends at just our moment is ours: the first try's answer was lost.
        if (error instanceof ConditionalCheckFailedException) return readItem(error.Item ?? {})['until_ms'] === untilMs;
        throw toAwsProblem('dynamodb:PutItem', error);
      }
    },

    async release(attempt) {
      try {
        await client().send(new DeleteItemCommand({ TableName: table, Key: marshall(alertKey(attempt)) }));
      } catch (error) {
        throw toAwsProblem('dynamodb:DeleteItem', error);
      }
    },
  };
}
