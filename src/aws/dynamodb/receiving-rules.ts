import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ReceivingRule, ReceivingRules } from '../../credential/record/receiving-rules.ts';
import { type BatchGetPauses, batchGet } from './batch-get.ts';

/** The rules of the mail-receiving system in the same table. Read only. */
export function createReceivingRules(
  client: () => DynamoDBClient,
  table: string,
  pauses: BatchGetPauses,
): ReceivingRules {
  return {
    async findRules(keys) {
      const items = await batchGet(client(), { table, keys, isConsistent: true }, pauses);
      return new Map(
        items.map((rule): [string, ReceivingRule] => [
          String(rule['PK']),
          {
            enabled: rule['enabled'] !== false, // A rule without the attribute is in force there.
            action: typeof rule['action'] === 'string' ? rule['action'] : undefined,
          },
        ]),
      );
    },
  };
}
