import { type DynamoDBClient, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { bucketOfKey, counterRange, readCounters } from '../../mail-events/counter-items.ts';
import type { CounterReader } from '../../mail-events/stores.ts';
import type { CounterBucket } from '../../mail-events/windows.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { readItem } from './credential-table.ts';

/** The hourly counters in the table: 30 days are one query. */
export function createCounterReader(client: () => DynamoDBClient, table: string): CounterReader {
  return {
    async read(username, nowMs) {
      const { PK, from, to } = counterRange(username, nowMs);
      const buckets: CounterBucket[] = [];
      let start: QueryCommandOutput['LastEvaluatedKey'];
      do {
        const page: QueryCommandOutput = await client()
          .send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :to',
              ExpressionAttributeValues: marshall({ ':pk': PK, ':from': from, ':to': to }),
              ConsistentRead: true,
              ...(start === undefined ? {} : { ExclusiveStartKey: start }),
            }),
          )
          .catch((error: unknown) => {
            throw toAwsProblem('dynamodb:Query', error);
          });
        for (const raw of page.Items ?? []) {
          const item = readItem(raw);
          const bucket = bucketOfKey(String(item['SK']));
          if (bucket !== undefined) buckets.push({ bucket, counters: readCounters(item) });
        }
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return buckets;
    },
  };
}
