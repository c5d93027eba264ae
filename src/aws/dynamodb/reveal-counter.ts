import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type RevealCounter, readReveals } from '../../credential/iam/reveal-counter.ts';
import { updateRecord } from './update-record.ts';

export function createRevealCounter(client: () => DynamoDBClient, table: string): RevealCounter {
  return {
    async count(username, accessKeyId, before) {
      const reveals = { access_key_id: accessKeyId, count: readReveals(before, accessKeyId) + 1 };
      const isFirst = before === undefined;
      const condition = {
        expression: `#key = :key AND ${isFirst ? 'attribute_not_exists(#reveals)' : '#reveals = :before'}`,
        names: { '#key': 'access_key_id', '#reveals': 'reveals' },
        values: { ':key': accessKeyId, ...(isFirst ? {} : { ':before': before }) },
      };
      const result = await updateRecord(client(), table, username, { set: { reveals }, remove: [] }, condition, 'NONE');
      return result.written;
    },
  };
}
