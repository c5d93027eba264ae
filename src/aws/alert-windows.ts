import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AlertWindows } from '../sending/sending-stores.ts';
import { toAwsProblem } from './aws-problem.ts';

/** Alerts that were told, in the table: so that many invocations tell one thing once. */
export function createAlertWindows(client: () => DynamoDBClient, table: string, now: () => number): AlertWindows {
  return {
    async open({ key, untilMs, expiresAt }) {
      try {
        await client().send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...key, until_ms: untilMs, expires_at: expiresAt }),
            ConditionExpression: 'attribute_not_exists(PK) OR until_ms <= :now',
            ExpressionAttributeValues: marshall({ ':now': now() }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw toAwsProblem('dynamodb:PutItem', error);
      }
    },

    async reopen({ key }) {
      try {
        await client().send(new DeleteItemCommand({ TableName: table, Key: marshall(key) }));
      } catch (error) {
        throw toAwsProblem('dynamodb:DeleteItem', error);
      }
    },
  };
}
