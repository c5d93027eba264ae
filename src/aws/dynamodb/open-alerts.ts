import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { OpenAlert, OpenAlerts } from '../../mail-events/stores.ts';
import { queryItems } from './query-items.ts';
import { alertKeyPrefix, parseAlertKey } from './table-design.ts';

/** The alert windows in the table, read for people. */
export function createOpenAlerts(client: () => DynamoDBClient, table: string): OpenAlerts {
  return {
    async read(username, nowMs) {
      const { PK, SK } = alertKeyPrefix(username);
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
        ExpressionAttributeValues: marshall({ ':pk': PK, ':sk': SK }),
      };
      const alerts: OpenAlert[] = [];
      for await (const items of queryItems(client(), query)) {
        for (const item of items) {
          const subject = parseAlertKey(item);
          const untilMs = item['until_ms'];
          if (subject !== undefined && typeof untilMs === 'number' && untilMs > nowMs)
            alerts.push({ ...subject, untilMs });
        }
      }
      return alerts;
    },
  };
}
