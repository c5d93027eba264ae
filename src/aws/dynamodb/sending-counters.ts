import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { readCounters } from '../../mail-events/counter-items.ts';
import type { CounterReader } from '../../mail-events/stores.ts';
import { bucketOf, type CounterBucket, oldestHour } from '../../mail-events/windows.ts';
import { queryItems } from './query-items.ts';
import { counterKey, parseCounterKey } from './table-design.ts';

/** The hourly counters in the table: 30 days are one query. */
export function createCounterReader(client: () => DynamoDBClient, table: string): CounterReader {
  return {
    async read(username, nowMs) {
      const { PK, SK: from } = counterKey(username, bucketOf(oldestHour(nowMs, '30d')));
      const { SK: to } = counterKey(username, bucketOf(nowMs));
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':pk': PK, ':from': from, ':to': to }),
        ConsistentRead: true,
      };
      const buckets: CounterBucket[] = [];
      for await (const items of queryItems(client(), query)) {
        for (const item of items) {
          const bucket = parseCounterKey({ PK: item['PK'], SK: item['SK'] })?.bucket;
          if (bucket !== undefined) buckets.push({ bucket, counters: readCounters(item) });
        }
      }
      return buckets;
    },
  };
}
